/**
 * The demonstration behind `npm start`: some hundred MiB through sansock and back, against plain
 * node:net and node:tls peers and against itself, every byte compared by SHA-256 at both ends.
 *
 * Exit code 0 only if all of it was equal and everything closed cleanly; anything else, and a
 * minute without an end, is a message and exit code 1.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Engine, TCPSocketError } from "../../dist/index.js";
import { makeCertificate } from "../certificate.mjs";
import { LEGS, ownEnds, wireBytesMax } from "./legs.mjs";
import { Meter } from "./meter.mjs";
import { MIB } from "./payload.mjs";
import { PeerProgram } from "./peer-program.mjs";
import { showProgress } from "./progress.mjs";
import { legResult } from "./result.mjs";
import { engineWords, paint, resultTable } from "./summary.mjs";

const WATCHDOG_MS = 60_000;
const LINGER_MS = 5_000;

const watchdog = setTimeout(() => fail("it is not done after 60 seconds"), WATCHDOG_MS);
process.on("uncaughtException", fail);
process.once("SIGINT", () => fail("interrupted"));

let peer;
let progress;
greet();
const engine = new Engine();
peer = new PeerProgram();
progress = showProgress(LEGS.map((leg) => ({ name: leg.name, total: wireBytesMax(leg) })));

const credentials = await makeCertificate();
const results = [];
const total = { bytesMoved: 0, poolPeakBytes: 0 };
for (const [index, leg] of LEGS.entries()) results.push(await run(leg, index));
progress.stop();

console.log(`\n${resultTable(results)}`);
console.log(`${engineWords(engine.stats, total.poolPeakBytes, total.bytesMoved)}\n`);
await conclude();
watchdog.unref(); // still barks if something keeps this program alive

async function run(leg, index) {
  const meter = new Meter(engine, ({ bytesMoved, seconds }) => {
    const bytes = bytesMoved / ownEnds(leg);
    progress.update(index, bytes, seconds > 0 ? bytes / seconds : 0);
  });
  const ends = await leg.run(leg, { engine, peer, meter, credentials });
  const { seconds } = meter;
  total.bytesMoved += meter.bytesMoved;
  total.poolPeakBytes = Math.max(total.poolPeakBytes, meter.poolPeakBytes);
  const result = legResult(leg, ends, seconds);
  progress.finish(index, result.bytes, result.rate);
  return result;
}

function greet() {
  const most = mib(LEGS.reduce((sum, leg) => sum + wireBytesMax(leg), 0));
  console.log(
    [
      paint("bold", "sansock: Mozilla's TCPSocket on a WebAssembly engine"),
      "",
      `Up to ${most} MiB go over loopback, both ways at once, hashed at both ends. On the`,
      "legs named net and tls the other end is plain Node in a process of its own; on",
      "the others both ends are ours. The slow reader suspends again and again, and its",
      "sender waits: when send() says false, until drain. So little is ever buffered.",
      "On the last leg a line each way goes in plaintext, then both ends upgrade to TLS.",
      "",
    ].join("\n"),
  );
}

/** Everything has to be equal and gone; says so, or fails. */
async function conclude() {
  const differing = results.filter(({ equal }) => !equal).map(({ name }) => name);
  if (differing.length > 0)
    fail(`not all bytes arrived as they were sent: ${differing.join("; ")}`);
  if (!(await peer.stop())) fail("the plain node:net program did not end well");
  const deadline = performance.now() + LINGER_MS;
  while (engine.stats.sockets > 0 && performance.now() < deadline) await sleep(10);
  const { sockets } = engine.stats;
  if (sockets > 0 || engine.failed) fail(`${sockets} sockets of the engine were left open`);

  const connections = results.reduce((sum, result) => sum + result.connections, 0);
  const amount = mib(results.reduce((sum, result) => sum + result.bytes, 0));
  console.log(
    [
      paint(
        "green",
        `All ${amount} MiB arrived as they were sent, all ${connections} connections are closed.`,
      ),
      "Next: README.md shows the API in a few lines; `npm run bench` measures it.",
    ].join("\n"),
  );
}

function mib(bytes) {
  return Math.round(bytes / MIB);
}

function fail(reason) {
  progress?.stop();
  peer?.kill();
  const bug = reason instanceof Error && !(reason instanceof TCPSocketError);
  console.error(`\nThe demonstration failed: ${bug ? reason.stack : reason}`);
  process.exit(1);
}
