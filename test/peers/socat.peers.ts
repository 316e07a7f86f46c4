/**
 * socat at the other end, as client of a TCPServerSocket and as server of a TCPSocket. It is a
 * strict judge of half-closed connections: at the end of its input it sends FIN and goes on
 * reading, and whoever then drops what is on its way is found out.
 */
import { randomBytes } from "node:crypto";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { INSTALL_MILLISECONDS, need, PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { MIB, totalOf } from "./support/digest.ts";
import { freshEngine } from "./support/engine.ts";
import { LOOPBACKS, startListening } from "./support/loopback.ts";
import { pour } from "./support/pour.ts";
import { Program } from "./support/program.ts";
import { Witness } from "./support/witness.ts";

vi.setConfig({ testTimeout: PEER_TEST_MILLISECONDS });

const BYTES = randomBytes(16 * MIB);
/** Seconds that socat waits for the other direction's end once it has sent FIN; default 0.5. */
const PATIENCE = ["-t", "30"];

let socat: string;
let running: Program | undefined;
beforeAll(async () => {
  socat = await need("socat", ["socat"]);
}, INSTALL_MILLISECONDS);
afterEach(() => running?.stop());

/** Sends back what comes, and stops taking more while the way back is full. */
function echo(socket: TCPSocket, batches: boolean): Witness {
  const witness = new Witness(socket, {
    batches,
    also: (bytes) => {
      if (!socket.send(bytes)) socket.suspend();
    },
  });
  socket.ondrain = () => socket.resume();
  socket.onend = () => socket.halfClose();
  return witness;
}

describe.each(LOOPBACKS)("socat on $host", ({ host, written, family, exists }) => {
  const to = (port: number): string => `TCP${family}:${written}:${port}`;
  const engine = freshEngine();

  test.skipIf(!exists).each([
    { allowHalfOpen: true, batches: false, events: ["end", "close"] },
    { allowHalfOpen: false, batches: true, events: ["close"] },
  ])("reads back the 16 MiB it sent, allowHalfOpen $allowHalfOpen", async (variant) => {
    const { allowHalfOpen, batches, events } = variant;
    const options = { engine: engine(), allowHalfOpen, binaryType: "uint8array" } as const;
    const server = new TCPServerSocket(0, options); // both families: how IPv4 peers show is tested
    const accepted = new Promise<Witness>((resolve) => {
      server.onconnect = ({ socket }) => {
        server.close();
        resolve(echo(socket as TCPSocket, batches));
      };
    });
    running = new Program(socat, [...PATIENCE, "-", to(server.localPort)]);
    running.feed(BYTES);

    const witness = await accepted;
    expect(witness.socket.remoteAddress).toBe(host);
    expect(await running.output()).toEqual(totalOf(BYTES));
    await witness.closed;
    expect(witness.received.total()).toEqual(totalOf(BYTES));
    expect(witness.events).toEqual(events);
  });

  test.skipIf(!exists)("sends 16 MiB and FIN, and all of it is received", async () => {
    const server = new TCPServerSocket(0, { host, engine: engine(), binaryType: "arraybuffer" });
    const accepted = new Promise<Witness>((resolve) => {
      server.onconnect = ({ socket }) => {
        server.close();
        resolve(new Witness(socket as TCPSocket));
      };
    });
    await expect.poll(() => server.localPort, { timeout: 5_000 }).toBeGreaterThan(0);
    running = new Program(socat, ["-u", "-", to(server.localPort)]);
    running.feed(BYTES);

    const witness = await accepted;
    await witness.closed;
    expect(witness.received.total()).toEqual(totalOf(BYTES));
    expect(witness.events).toEqual(["close"]);
    await running.output();
  });

  test.skipIf(!exists).each([{ batches: false }, { batches: true }])(
    "as a server echoes 16 MiB to a client that has half closed, batches $batches",
    async ({ batches }) => {
      const { program, port } = await startListening(host, (port) => {
        const listen = `TCP${family}-LISTEN:${port},bind=${written},fork`;
        return new Program(socat, [...PATIENCE, listen, "EXEC:cat"]);
      });
      running = program;
      const options = { engine: engine(), allowHalfOpen: true, binaryType: "uint8array" } as const;
      const socket = new TCPSocket(host, port, options);
      const witness = new Witness(socket, { batches });
      await pour(socket, BYTES);
      socket.halfClose();
      await witness.closed;
      expect(witness.received.total()).toEqual(totalOf(BYTES));
      expect(witness.events).toEqual(["open", "end", "close"]);
    },
  );
});
