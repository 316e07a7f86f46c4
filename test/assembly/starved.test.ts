/** When a listener's room is used up, messages under way wait for each other instead of failing. */
import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import { BUILDS, Embedder, pattern } from "../support/embedder.ts";

const WINDOW = abi.WINDOW_BYTES_MIN;
/** Two messages of this size find room at a time. */
const MESSAGE = 160 * 1024;
const ROOM = 2 * MESSAGE + WINDOW;

function u32(length: number): Uint8Array {
  const header = new Uint8Array(4);
  new DataView(header.buffer).setUint32(0, length);
  return header;
}

function listening(build: string): { core: Embedder; accept: () => number } {
  const core = new Embedder(build, [8 << 20, 16, WINDOW]);
  const listener = core.open(abi.ROLE_LISTENER, { [abi.OPEN_RECEIVE_BYTES_MAX]: ROOM });
  core.call.connected(listener);
  core.drain();
  core.setFraming(listener, { type: "lengthPrefixed", bytes: 4, maxMessageBytes: 1 << 20 });
  const accept = (): number => {
    const handle = core.open(abi.ROLE_ACCEPTED, {}, listener);
    core.drain();
    return handle;
  };
  return { core, accept };
}

interface Peer {
  handle: number;
  left: Uint8Array;
  paused: boolean;
  messages: number;
  failed: boolean;
}

/** What the core orders and announces, until it has nothing to say. */
function obey(core: Embedder, peers: Peer[]): void {
  for (let records = core.poll(); records.length > 0; records = core.poll()) {
    for (const { kind, socket, b } of records) {
      const about = peers.find(({ handle }) => handle === socket);
      if (about === undefined) continue;
      if (kind === "pause") about.paused = true;
      if (kind === "resume") about.paused = false;
      if (kind === "messages") about.messages += b;
      if (kind === "error") about.failed = true;
    }
  }
}

/** Gives each peer in turn one read until nothing moves; obeys pause and resume. */
function pump(core: Embedder, peers: Peer[]): void {
  for (let moved = true; moved; ) {
    moved = false;
    for (const peer of peers) {
      if (peer.paused || peer.failed || peer.left.length === 0) continue;
      const part = peer.left.subarray(0, WINDOW);
      if (core.receive(peer.handle, part) === 0) peer.left = peer.left.subarray(part.length);
      moved = true;
      obey(core, peers);
    }
  }
}

function peer(handle: number, bytes: Uint8Array): Peer {
  return { handle, left: bytes, paused: false, messages: 0, failed: false };
}

describe.each(BUILDS)("starved sockets in %s", (build) => {
  test("eight uploads share room for two: all arrive, none fails", () => {
    const { core, accept } = listening(build);
    const body = Buffer.concat([u32(MESSAGE), pattern(MESSAGE)]);
    const peers = Array.from({ length: 8 }, () => peer(accept(), body));
    pump(core, peers);
    expect(peers.map(({ messages, failed }) => [messages, failed])).toEqual(
      peers.map(() => [1, false]),
    );
    for (const { handle } of peers) core.finish(handle);
    expect(core.poolFree).toBe(core.poolBytes);
  });

  test("where none can finish the largest fails, and the others go on", () => {
    const { core, accept } = listening(build);
    const huge = Buffer.concat([u32(1 << 20), pattern(1 << 20)]);
    const body = Buffer.concat([u32(MESSAGE), pattern(MESSAGE)]);
    const peers = [peer(accept(), huge), ...Array.from({ length: 3 }, () => peer(accept(), body))];
    pump(core, peers);
    expect(peers.map(({ failed }) => failed)).toEqual([true, false, false, false]);
    expect(peers.slice(1).map(({ messages }) => messages)).toEqual([1, 1, 1]);
  });

  test("messages that come whole are not held up by those that wait", () => {
    const { core, accept } = listening(build);
    const body = Buffer.concat([u32(MESSAGE), pattern(MESSAGE)]);
    const stuck = Array.from({ length: 4 }, () => peer(accept(), body.subarray(0, -1)));
    pump(core, stuck);
    expect(stuck.filter(({ failed }) => failed)).toEqual([]);
    expect(stuck.some(({ paused }) => paused)).toBe(true);
    const small = peer(accept(), Buffer.concat(Array(1000).fill(Buffer.from("\0\0\0\x01x"))));
    pump(core, [...stuck, small]);
    expect([small.messages, small.failed]).toEqual([1000, false]);
    // One that held room goes away: who waited goes on.
    const waiting = (): number => stuck.slice(1).reduce((sum, { left }) => sum + left.length, 0);
    const before = waiting();
    core.call.abort((stuck[0] as Peer).handle);
    obey(core, stuck);
    pump(core, stuck.slice(1));
    expect(waiting()).toBeLessThan(before);
    expect(stuck.filter(({ failed }) => failed)).toEqual([]);
  });

  test("room that comes back is for all who wait for it", () => {
    const { core, accept } = listening(build);
    const part = (length: number, whole: number): Peer =>
      peer(accept(), Buffer.concat([u32(whole), pattern(length - 4)]));
    const holding = [160, 100].map((kib) => part(kib << 10, 1 << 20));
    for (const one of holding) pump(core, [one]);
    const waiting = Array.from({ length: 4 }, () => part(WINDOW, 2 * WINDOW));
    pump(core, waiting);
    expect(waiting.map(({ left, paused }) => [left.length, paused])).toEqual(
      waiting.map(() => [WINDOW, true]),
    );
    core.call.abort((holding[0] as Peer).handle);
    obey(core, waiting);
    pump(core, waiting);
    expect(waiting.map(({ left, failed }) => [left.length, failed])).toEqual(
      waiting.map(() => [0, false]),
    );
  });

  test("closing or failing while starved leaves the line", () => {
    const { core, accept } = listening(build);
    const body = Buffer.concat([u32(MESSAGE), pattern(MESSAGE)]);
    const stuck = Array.from({ length: 6 }, () => peer(accept(), body.subarray(0, -1)));
    pump(core, stuck);
    for (const { handle } of stuck.toReversed()) core.finish(handle);
    expect(core.poolFree).toBe(core.poolBytes);
    const again = Array.from({ length: 4 }, () => peer(accept(), body));
    pump(core, again);
    expect(again.map(({ messages }) => messages)).toEqual([1, 1, 1, 1]);
  });
});
