/**
 * node:net in a process of its own, as server and as client, from nothing at all to 256 MiB both
 * ways at once. Neither side has a stream in memory: it is made, hashed and sent piece by piece.
 */
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { Digest, MIB, type Total } from "./support/digest.ts";
import { freshEngine } from "./support/engine.ts";
import { LOOPBACKS } from "./support/loopback.ts";
import { type Poured, pour } from "./support/pour.ts";
import { Program } from "./support/program.ts";
import { Witness } from "./support/witness.ts";

vi.setConfig({ testTimeout: PEER_TEST_MILLISECONDS });

const PEER = fileURLToPath(new URL("./support/node-peer.mjs", import.meta.url));
const PIECE_BYTES = 49_999; // of no relation to any buffer's size, nor to the peer's pieces
const HIGH_WATER_BYTES = 65_536;
const KIB = 1024;

const SIZES = [
  { ours: 0, theirs: 0 },
  { ours: KIB, theirs: KIB },
  { ours: 64 * KIB, theirs: 64 * KIB },
  { ours: MIB, theirs: MIB },
  { ours: 16 * MIB, theirs: 16 * MIB },
  { ours: 0, theirs: MIB },
  { ours: MIB, theirs: 0 },
];

/** What the peer counted. */
interface Report {
  readonly sent: Total;
  readonly received: Total;
}

let running: Program | undefined;
afterEach(() => running?.stop());

function startPeer(...args: (string | number)[]): Program {
  running = new Program(process.execPath, [PEER, ...args.map(String)]);
  return running;
}

/** That many bytes, each piece in the same memory as the one before: send() has copied it. */
function* outgoing(bytes: number, digest: Digest): Generator<Uint8Array> {
  const block = randomBytes(PIECE_BYTES);
  for (let left = bytes, i = 0; left > 0; left -= PIECE_BYTES, i++) {
    block[i % PIECE_BYTES] = i; // no two pieces are alike
    const piece = block.subarray(0, left);
    digest.add(piece);
    yield piece;
  }
}

/** Sends and receives to both ends, and compares with what the peer says that it did. */
async function expectExchange(witness: Witness, bytes: number, peer: Program): Promise<Poured> {
  const sent = new Digest();
  const poured = await pour(witness.socket, outgoing(bytes, sent));
  witness.socket.halfClose();
  await witness.closed;

  const report = JSON.parse((await peer.prints(/^(\{.*\})\n/m))[1] ?? "") as Report;
  await peer.output();
  expect(report.received).toEqual(sent.total());
  expect(witness.received.total()).toEqual(report.sent);
  expect(report.received.bytes).toBe(bytes);
  expect(witness.socket.bytesSent).toBe(bytes);
  expect(witness.socket.bytesReceived).toBe(report.sent.bytes);
  expect(poured.bufferedPeak).toBeLessThanOrEqual(HIGH_WATER_BYTES + PIECE_BYTES);
  return poured;
}

describe.each(LOOPBACKS)("node:net on $host", ({ host, family, exists }) => {
  const engine = freshEngine();
  const options = () =>
    ({ engine: engine(), allowHalfOpen: true, binaryType: "uint8array" }) as const;

  /** A socket connected to a peer that listens and sends so many bytes. */
  async function dial(theirs: number): Promise<{ witness: Witness; peer: Program }> {
    const peer = startPeer("server", host, theirs);
    const port = Number((await peer.prints(/^port (\d+)/))[1]);
    return { witness: new Witness(new TCPSocket(host, port, options())), peer };
  }

  test.skipIf(!exists).each(SIZES)("a server, $ours B to it and $theirs B back", async (size) => {
    const { witness, peer } = await dial(size.theirs);
    await expectExchange(witness, size.ours, peer);
    expect(witness.received.bytes).toBe(size.theirs);
    expect(witness.events).toEqual(["open", "end", "close"]);
  });

  test.skipIf(!exists).each(SIZES)("a client, $ours B to it and $theirs B back", async (size) => {
    const server = new TCPServerSocket(0, options());
    const accepted = new Promise<Witness>((resolve) => {
      server.onconnect = ({ socket }) => {
        server.close();
        resolve(new Witness(socket as TCPSocket));
      };
    });
    const peer = startPeer("client", host, size.theirs, server.localPort);
    const witness = await accepted;
    await expectExchange(witness, size.ours, peer);
    expect(witness.received.bytes).toBe(size.theirs);
    expect(witness.events).toEqual(["end", "close"]);
  });

  // Once is enough.
  if (family === "4") {
    test.skipIf(!exists)("a server, 256 MiB each way at once", async () => {
      const { witness, peer } = await dial(256 * MIB);
      const { drains } = await expectExchange(witness, 256 * MIB, peer);
      expect(witness.received.bytes).toBe(256 * MIB);
      expect(drains).toBeGreaterThan(0);
      expect(witness.events).toEqual(["open", "end", "close"]);
    });
  }
});
