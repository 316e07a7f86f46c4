/**
 * OpenBSD's nc at the other end, as server and as client, much going both ways at once. A listening
 * nc takes one connection only, so nobody can ask beforehand whether it is up: the TCPSocket itself
 * tries until it is not refused.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { INSTALL_MILLISECONDS, need, PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { MIB, totalOf } from "./support/digest.ts";
import { freshEngine } from "./support/engine.ts";
import { freePort, LOOPBACKS } from "./support/loopback.ts";
import { pour } from "./support/pour.ts";
import { Program } from "./support/program.ts";
import { Witness } from "./support/witness.ts";

vi.setConfig({ testTimeout: PEER_TEST_MILLISECONDS });

const OURS = randomBytes(16 * MIB);
const THEIRS = randomBytes(16 * MIB);
const TRIES_MAX = 300;
const RETRY_MILLISECONDS = 15;

let nc: string;
let running: Program | undefined;
beforeAll(async () => {
  nc = await need("nc.openbsd", ["netcat-openbsd"]);
}, INSTALL_MILLISECONDS);
afterEach(() => running?.stop());

/** Dials until somebody listens. Returns the first that was not refused. */
async function dial(make: () => TCPSocket): Promise<{ witness: Witness; refusals: number }> {
  for (let refusals = 0; refusals < TRIES_MAX; refusals++) {
    const witness = new Witness(make());
    const opened = new Promise<void>((resolve) => {
      witness.socket.addEventListener("open", () => resolve(), { once: true });
    });
    await Promise.race([opened, witness.closed]);
    if (witness.error?.name !== "ConnectionRefusedError") return { witness, refusals };
    expect(witness.events).toEqual(["error", "close"]);
    await sleep(RETRY_MILLISECONDS);
  }
  throw new Error(`refused ${TRIES_MAX} times: ${running?.complaints}`);
}

describe.each(LOOPBACKS)("nc on $host", ({ host, family, exists }) => {
  const engine = freshEngine();
  const options = () =>
    ({ engine: engine(), allowHalfOpen: true, binaryType: "arraybuffer" }) as const;

  test.skipIf(!exists)("as server: 16 MiB each way, both ends half close", async () => {
    const port = await freePort(host);
    running = new Program(nc, [`-${family}`, "-N", "-l", host, String(port)]);
    running.feed(THEIRS);
    const { witness } = await dial(() => new TCPSocket(host, port, options()));
    // A listening nc leaves at its client's FIN, its own input sent or not: it has to end first.
    await Promise.all([pour(witness.socket, OURS), witness.ended]);
    witness.socket.halfClose();
    await witness.closed;

    expect(witness.received.total()).toEqual(totalOf(THEIRS));
    expect(await running.output()).toEqual(totalOf(OURS));
    expect(witness.events).toEqual(["open", "end", "close"]);
  });

  test.skipIf(!exists)("as server: what close() finds buffered still arrives", async () => {
    const port = await freePort(host);
    running = new Program(nc, [`-${family}`, "-l", host, String(port)]);
    const { witness } = await dial(() => new TCPSocket(host, port, options()));
    witness.socket.send(OURS); // all in one, far above highWaterMark
    witness.socket.close();
    await witness.closed;

    expect(await running.output()).toEqual(totalOf(OURS));
    expect(witness.events).toEqual(["open", "close"]);
  });

  test.skipIf(!exists)("as client: 16 MiB each way, both ends half close", async () => {
    const server = new TCPServerSocket(0, options());
    const accepted = new Promise<Witness>((resolve) => {
      server.onconnect = ({ socket }) => {
        server.close();
        resolve(new Witness(socket as TCPSocket));
      };
    });
    running = new Program(nc, [`-${family}`, "-N", host, String(server.localPort)]);
    running.feed(THEIRS);
    const witness = await accepted;
    await pour(witness.socket, OURS);
    witness.socket.halfClose();
    await witness.closed;

    expect(witness.received.total()).toEqual(totalOf(THEIRS));
    expect(await running.output()).toEqual(totalOf(OURS));
    expect(witness.events).toEqual(["end", "close"]);
  });
});
