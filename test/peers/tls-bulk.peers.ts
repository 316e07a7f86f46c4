/**
 * 64 MiB each way at once through TLS, from the first byte on and behind an upgrade, with `openssl` and
 * socat at the other end. SHA-256 decides.
 */
import { randomBytes } from "node:crypto";
import { beforeAll, expect, test, vi } from "vitest";
import { framing, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { INSTALL_MILLISECONDS, need, PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { MIB, totalOf } from "./support/digest.ts";
import { freshEngine } from "./support/engine.ts";
import { startListening } from "./support/loopback.ts";
import { HOST, needOpenssl, startClient, startServer } from "./support/openssl.ts";
import { pour } from "./support/pour.ts";
import { Program } from "./support/program.ts";
import { stoppedAfterwards } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch.ts";
import { DIALECTS, type Dialect, speaking } from "./support/starttls.ts";
import { type TlsFiles, tlsFiles } from "./support/tls-files.ts";
import { Witness } from "./support/witness.ts";

vi.setConfig({ testTimeout: PEER_TEST_MILLISECONDS });

const OURS = randomBytes(64 * MIB);
const THEIRS = randomBytes(64 * MIB);
const WAYS = [
  { way: "from the first byte on", upgrade: false },
  { way: "behind an upgrade", upgrade: true },
] as const;

const folder = scratchFolder();
const engine = freshEngine();
const stopped = stoppedAfterwards();
let files: TlsFiles;
let socat: string;

beforeAll(async () => {
  await needOpenssl();
  socat = await need("socat", ["socat"]);
  files = await tlsFiles(folder);
}, INSTALL_MILLISECONDS);

interface Ends {
  /** When all has come that was to come. */
  readonly whole: Promise<void>;
  readonly witness: Witness;
}

/** Takes in what the peer sends: THEIRS. */
function watch(socket: TCPSocket): Ends {
  let arrived = (): void => {};
  const whole = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const witness: Witness = new Witness(socket, {
    also: () => {
      if (witness.received.bytes === THEIRS.length) arrived();
    },
  });
  return { whole, witness };
}

/** Ours to it, theirs to us, and a clean end. */
async function expectExchange({ witness, whole }: Ends, program: Program): Promise<void> {
  const { socket } = witness;
  const { bufferedPeak } = await pour(socket, OURS);
  await whole;
  socket.close();
  await witness.closed;
  expect(await program.output()).toEqual(totalOf(OURS));
  expect(witness.received.total()).toEqual(totalOf(THEIRS));
  expect(bufferedPeak).toBeLessThan(2 * 65_536); // highWaterMark, and the send that passed it
}

test.each(WAYS)("s_server and we, $way", async ({ upgrade }) => {
  // -naccept: whoever looked whether it listens, and we.
  const { program, port } = await startServer(files, "-quiet", "-naccept", "2");
  stopped(program);
  const own = { engine: engine(), binaryType: "uint8array", tls: { ca: files.ca } } as const;
  const socket = new TCPSocket(HOST, port, { ...own, useSecureTransport: !upgrade });
  const ends = watch(socket);
  await socket.opened;
  await socket.upgradeToSecure();
  program.tell(THEIRS); // not before: it would have said some of it to who looked
  await expectExchange(ends, program);
  expect(ends.witness.events).toEqual(["open", "close"]);
  if (!upgrade) expect(socket.bytesSent).toBe(OURS.length);
});

/** Accepts one client, which is in TLS from the first byte on, or comes to it as SMTP does. */
async function accept(upgrade: boolean): Promise<{ port: number; accepted: Promise<Ends> }> {
  const server = new TCPServerSocket(0, {
    host: HOST,
    engine: engine(),
    binaryType: "uint8array",
    useSecureTransport: !upgrade,
    tls: { cert: files.cert, key: files.key },
  });
  const { greeting = [], talk } = speaking(DIALECTS[0] as Dialect);
  const accepted = new Promise<Ends>((resolve) => {
    server.onconnect = (event) => {
      const socket = event.socket as TCPSocket;
      server.close();
      if (!upgrade) return resolve(watch(socket));
      socket.setFraming(framing.lines());
      for (const line of greeting) socket.send(line);
      socket.ondata = ({ data }) => {
        talk?.(socket, String(Buffer.from(data)));
        if (!socket.ssl) return;
        socket.setFraming(null);
        resolve(watch(socket));
      };
    };
  });
  await server.listening;
  return { port: server.localPort, accepted };
}

test.each(WAYS)("s_client and we, $way", async ({ upgrade }) => {
  const { port, accepted } = await accept(upgrade);
  const first = upgrade ? ["-starttls", "smtp"] : [];
  const program = stopped(await startClient(port, files.caFile, "-quiet", ...first));
  program.tell(THEIRS);
  const ends = await accepted;
  await expectExchange(ends, program);
  expect(ends.witness.events).toEqual(["close"]);
});

test("socat as a server echoes to us, who have half closed", async () => {
  const { program, port } = await startListening(HOST, (port) => {
    const { certFile, keyFile } = files;
    const own = [`bind=${HOST}`, "fork", `cert=${certFile}`, `key=${keyFile}`, "verify=0"];
    return new Program(socat, ["-t", "30", `OPENSSL-LISTEN:${port},${own}`, "EXEC:cat"]);
  });
  stopped(program);
  const options = { engine: engine(), allowHalfOpen: true, binaryType: "uint8array" } as const;
  const tls = { ca: files.ca };
  const socket = new TCPSocket(HOST, port, { ...options, useSecureTransport: true, tls });
  const witness = new Witness(socket);
  await pour(socket, OURS);
  socket.halfClose();
  await witness.closed;
  expect(witness.received.total()).toEqual(totalOf(OURS));
  expect(witness.events).toEqual(["open", "end", "close"]);
});

test("socat as a client half closes, and reads back what it sent", async () => {
  const server = new TCPServerSocket(0, {
    host: HOST,
    engine: engine(),
    binaryType: "uint8array",
    allowHalfOpen: true,
    useSecureTransport: true,
    tls: { cert: files.cert, key: files.key },
  });
  const accepted = new Promise<Witness>((resolve) => {
    server.onconnect = (event) => {
      const socket = event.socket as TCPSocket;
      server.close();
      const also = (bytes: Uint8Array): void => {
        if (!socket.send(bytes)) socket.suspend();
      };
      socket.ondrain = () => socket.resume();
      socket.onend = () => socket.halfClose();
      resolve(new Witness(socket, { also }));
    };
  });
  await server.listening;
  const own = [`cafile=${files.caFile}`, "commonname=localhost"];
  const to = `OPENSSL:${HOST}:${server.localPort},${own}`;
  const program = stopped(new Program(socat, ["-t", "30", "-", to]));
  program.feed(OURS);
  const witness = await accepted;
  expect(await program.output()).toEqual(totalOf(OURS));
  await witness.closed;
  expect(witness.received.total()).toEqual(totalOf(OURS));
  expect(witness.events).toEqual(["end", "close"]);
});
