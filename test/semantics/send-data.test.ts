/** Chapter 7 of Mozilla's API: what may be sent, which part of it, and that it is copied. */
import { expect } from "vitest";
import { Engine, type MessageBatch, TCPSocket } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";
import { difference, joined, latin1, pattern, text } from "./support/bytes.ts";
import { thrown } from "./support/thrown.ts";
import { EVERYWHERE, inWorlds, LOOPBACK } from "./support/world.ts";

inWorlds(EVERYWHERE, (test) => {
  test("M64: strings and buffers may be sent whatever the binaryType", async (world) => {
    for (const binaryType of ["string", "arraybuffer", "uint8array"] as const) {
      const [{ socket }, peer] = await world.client({ binaryType });
      expect(socket.send("text ")).toBe(true);
      expect(socket.send(latin1("bytes").buffer)).toBe(true);
      expect(text(await peer.got(10))).toBe("text bytes");
      socket.close();
    }
  });

  test("M66: a string is sent one byte per char", async (world) => {
    const [{ socket }, peer] = await world.client();
    const bytes = pattern(256).map((_, i) => i);
    expect(socket.send(text(bytes))).toBe(true);
    expect(socket.bufferedAmount).toBe(256);
    expect(difference(await peer.got(256), bytes)).toBeNull();
  });

  test("M65: views are bytes, offset and length count within the view", async (world) => {
    const [{ socket }, peer] = await world.client();
    const { buffer } = pattern(64);
    const words = Uint16Array.from({ length: 4 }, (_, i) => 0x4142 + i);
    const shared = new Uint8Array(new SharedArrayBuffer(8)).fill(9);
    const views: [ArrayBufferView, number[]][] = [
      [new Uint8Array(buffer, 5, 10), []],
      [new DataView(buffer, 20, 8), []],
      [new Uint8Array(buffer, 8, 16), [4]],
      [new Uint8Array(buffer, 8, 16), [4, 3]],
      [new Uint8Array(buffer, 8, 16), [12, 100]],
      [Buffer.from("a buffer"), [2]],
      [new Uint8ClampedArray(buffer, 1, 2), []],
      [words, []],
      [words, [1, 3]],
      [shared, []],
      [new Float64Array([Math.PI]), []],
    ];
    const expected = joined(
      ...views.map(([view, [offset = 0, length = view.byteLength] = []]) => {
        const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
        return bytes.slice(offset, Math.min(offset + length, view.byteLength));
      }),
    );
    for (const [view, range] of views) expect(socket.send(view, ...range)).toBe(true);
    shared.fill(0);
    expect(socket.bufferedAmount).toBe(expected.length);
    expect(difference(await peer.got(expected.length), expected)).toBeNull();
  });

  test("M68 M69: offset and length are unsigned and clamped, never an error", async (world) => {
    const [{ socket }, peer] = await world.client();
    const { buffer } = pattern(10);
    const ranges: [unknown[], number, number][] = [
      [[0], 0, 10],
      [[4], 4, 10],
      [[4, 3], 4, 7],
      [[4, 100], 4, 10],
      [[10], 10, 10],
      [[11], 10, 10],
      [[1e9, 1e9], 10, 10],
      [[0, 0], 0, 0],
      [[-1], 10, 10],
      [[-1, 5], 10, 10],
      [[0, -1], 0, 10],
      [[Number.NaN, 2], 0, 2],
      [[1.9, 2.9], 1, 3],
      [["2", "3"], 2, 5],
      [[2 ** 32 + 1, 2 ** 32 + 2], 1, 3],
      [[undefined, undefined], 0, 10],
      [[null, null], 0, 0],
      [[Number.POSITIVE_INFINITY, 1], 0, 1],
    ];
    let expected = new Uint8Array();
    for (const [range, from, to] of ranges) {
      expect(Reflect.apply(socket.send, socket, [buffer, ...range]), String(range)).toBe(true);
      expected = new Uint8Array(joined(expected, new Uint8Array(buffer.slice(from, to))));
      expect(socket.bufferedAmount, String(range)).toBe(expected.length);
    }
    expect(difference(await peer.got(expected.length), expected)).toBeNull();
    expect(Reflect.apply(socket.send, socket, ["offsets mean nothing here", 8, 2])).toBe(true);
    expect(socket.bufferedAmount).toBe(25);
  });

  test("M68 M70: send(buffer, 65536, 65539) of 65539 bytes sends the last 3", async (world) => {
    const [{ socket }, peer] = await world.client();
    const bytes = pattern(65_539);
    expect(socket.send(bytes.buffer, 65_536, 65_539)).toBe(true);
    expect(socket.bufferedAmount).toBe(3);
    expect([...(await peer.got(3))]).toEqual([...bytes.subarray(65_536)]);
  });

  test("M67: empty strings and buffers are allowed and queue nothing", async (world) => {
    const [{ socket }, peer] = await world.client();
    expect(socket.send("")).toBe(true);
    expect(socket.send(new ArrayBuffer(0))).toBe(true);
    expect(socket.send(new Uint8Array())).toBe(true);
    expect(socket.bufferedAmount).toBe(0);
    socket.send("end");
    socket.close();
    await peer.fired("end");
    expect(text(peer.bytes)).toBe("end");
  });

  test("M68: an offset or a length that is no number: TypeError, and nothing is queued", async (world) => {
    const [client] = await world.client({});
    for (const range of [[1n], [0, 1n], [Symbol("offset")]] as unknown as [number, number][]) {
      expect(() => client.socket.send(pattern(4), ...range)).toThrow(TypeError);
    }
    expect(client.socket.bufferedAmount).toBe(0);
  });

  test("M72: what was sent is a copy: it may be changed, transferred, was detached", async (world) => {
    const [{ socket }, peer] = await world.client({ highWaterMark: world.mark });
    const sizes = [10, world.mark, 4 * world.mark];
    for (const size of sizes) {
      const bytes = pattern(size);
      socket.send(bytes);
      bytes.fill(0);
      const other = pattern(size);
      socket.send(other.buffer);
      structuredClone(other.buffer, { transfer: [other.buffer] });
      const before = socket.bufferedAmount;
      socket.send(other.buffer);
      socket.send(other);
      expect(socket.bufferedAmount, "detached is empty").toBe(before);
    }
    const expected = joined(...sizes.flatMap((size) => [pattern(size), pattern(size)]));
    expect(difference(await peer.got(expected.length), expected)).toBeNull();
  });
});

inWorlds(LOOPBACK.slice(0, 1), (test) => {
  test("an ArrayBuffer that is engine memory is a TypeError", async (_, { network }) => {
    const host = new Loopback(network);
    const engine = new Engine({ host, checks: false });
    const listening = host.listenRaw(0, (peer) => peer.write("bytes"));
    const socket = new TCPSocket("127.0.0.1", listening.port, { engine });
    const error = await new Promise((resolve) => {
      socket.onmessages = ({ data }: { data: MessageBatch }) => {
        resolve(thrown(() => socket.send(data.bytes.buffer as ArrayBuffer)));
      };
    });
    expect(error).toBeInstanceOf(TypeError);
    expect(socket.bufferedAmount).toBe(0);
  });
});
