/** Chapter 7 of Mozilla's API: what send() takes, returns and refuses. */
import { expect } from "vitest";
import { Engine, type MessageBatch, TCPSocket } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";
import { difference, joined, latin1, pattern, text } from "./support/bytes.ts";
import type { Watch } from "./support/watch.ts";
import { EVERYWHERE, inWorlds, LOOPBACK } from "./support/world.ts";

const FULL = 65_536;

/** What a call throws, or null. */
function thrown(call: () => unknown): { name: string; message: string } | null {
  try {
    call();
    return null;
  } catch (error) {
    return error as Error;
  }
}

/** Expects the refusal of M63, of which nothing is left. */
function refused({ socket }: Watch): void {
  const error = thrown(() => socket.send("x"));
  expect(error).toBeInstanceOf(DOMException);
  expect(error?.name).toBe("InvalidStateError");
  expect(socket.bufferedAmount).toBe(0);
}

inWorlds(EVERYWHERE, (test) => {
  test("M63: send() before open, in closing and closed is an InvalidStateError", async (world) => {
    const listening = await world.peers();
    const client = world.open(listening.port);
    refused(client);
    const peer = await listening.accept();
    await client.fired("open");
    client.socket.close();
    expect(client.socket.readyState).toBe("closing");
    refused(client);
    await client.fired("close");
    refused(client);
    await peer.fired("end");
    expect(peer.received).toBe(0);
  });

  test("M63: nor inside onerror and onclose", async (world) => {
    const [client, peer] = await world.client();
    let refusals = 0;
    const attempt = (): void => {
      refused(client);
      refusals++;
    };
    client.socket.onerror = attempt;
    client.socket.onclose = attempt;
    peer.wire.reset();
    await client.fired("close");
    await world.settled();
    expect(refusals).toBe(2);
  });

  test("M66: a char above U+00FF is a TypeError in every state, nothing queued", async (world) => {
    const listening = await world.peers();
    const client = world.open(listening.port);
    const attempt = (): void => {
      const error = thrown(() => client.socket.send("price: \u20ac 5"));
      expect(error).toBeInstanceOf(TypeError);
      expect(error?.message).toBe(
        "character U+20AC is above U+00FF; pass bytes (new TextEncoder().encode(text))",
      );
      expect(client.socket.bufferedAmount).toBe(0);
    };
    attempt();
    const peer = await listening.accept();
    await client.fired("open");
    attempt();
    client.socket.send("\u00ff");
    client.socket.close();
    const error = thrown(() => client.socket.send("\u0100"));
    expect(error, "the argument is converted before the state is looked at").toBeInstanceOf(TypeError);
    await client.fired("close");
    attempt();
    await peer.fired("end");
    expect([...peer.bytes]).toEqual([0xff]);
  });

  test("M65 M66: missing data is a TypeError", async (world) => {
    const [{ socket }] = await world.client();
    expect(() => Reflect.apply(socket.send, socket, [])).toThrow(TypeError);
    expect(socket.bufferedAmount).toBe(0);
  });

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

  test("M69: the clamped count is what counts, 0 sends nothing", async (world) => {
    const [{ socket }, peer] = await world.client();
    expect(socket.send(pattern(100).buffer, 0, 1e6)).toBe(true);
    expect(socket.send(pattern(100_000).buffer, 0, 0)).toBe(true);
    expect(socket.bufferedAmount).toBe(100);
    socket.close();
    await peer.fired("end");
    expect(peer.received).toBe(100);
  });

  test("M70: sending exactly 65536 bytes into an empty buffer returns true, three more return false", async (world) => {
    const [{ socket }] = await world.client();
    expect(socket.send(pattern(FULL))).toBe(true);
    expect(socket.send(pattern(3))).toBe(false);
    expect(socket.bufferedAmount).toBe(FULL + 3);
    socket.closeImmediately();
    const [again] = await world.client();
    expect(again.socket.send(pattern(FULL + 1))).toBe(false);
    expect(again.socket.send("")).toBe(false);
    expect(again.socket.send("more is taken all the same")).toBe(false);
    expect(again.socket.bufferedAmount).toBe(FULL + 27);
    again.socket.closeImmediately();
  });

  test("M70: highWaterMark moves the limit", async (world) => {
    const [{ socket }] = await world.client({ highWaterMark: 10 });
    expect(socket.send("0123456789")).toBe(true);
    expect(socket.send("")).toBe(true);
    expect(socket.send("x")).toBe(false);
    const [none] = await world.client({ highWaterMark: 0 });
    expect(none.socket.send("")).toBe(true);
    expect(none.socket.send("x")).toBe(false);
  });

  test("M70: above maxBufferedAmount send() throws and queues nothing", async (world) => {
    const [{ socket }, peer] = await world.client({ maxBufferedAmount: 1000 });
    expect(socket.send(pattern(600))).toBe(true);
    const error = thrown(() => socket.send(pattern(401)));
    expect(error?.name).toBe("QuotaExceededError");
    expect(socket.bufferedAmount).toBe(600);
    expect(socket.send(pattern(400, 600))).toBe(true);
    expect(thrown(() => socket.send("x"))?.name).toBe("QuotaExceededError");
    expect(socket.readyState).toBe("open");
    expect(difference(await peer.got(1000), pattern(1000))).toBeNull();
    await world.settled();
    expect(socket.send("y")).toBe(true);
    await peer.got(1001);
  });
});

inWorlds(EVERYWHERE, (test) => {
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

  test("M73: nothing leaves inside send(): what closeImmediately() meets is dropped", async (world) => {
    const [client, peer] = await world.client();
    client.socket.send("small");
    client.socket.send(pattern(1000));
    client.socket.closeImmediately();
    await client.fired("close");
    await peer.fired("end");
    expect(peer.received).toBe(0);
    expect(peer.events.startsWith("end")).toBe(true);
  });

  test("M74: order holds across strings and buffers, small and large", async (world) => {
    const [{ socket }, peer] = await world.client();
    const bytes = pattern(world.mark * 10);
    const sizes = [1, 3000, world.mark, 7, world.mark * 2, 1, 1, 1500, world.mark + 1, 20];
    let at = 0;
    sizes.forEach((size, i) => {
      const part = bytes.subarray(at, at + size);
      socket.send(i % 2 === 0 ? part : text(part));
      at += size;
    });
    expect(socket.bufferedAmount).toBe(at);
    expect(difference(await peer.got(at), bytes.subarray(0, at))).toBeNull();
  });

  test("M74: two slices of one buffer arrive as one sequence", async (world) => {
    const [{ socket }, peer] = await world.client();
    const { buffer } = pattern(21);
    socket.send(buffer, 0, 8);
    socket.send(buffer, 8, 13);
    expect(difference(await peer.got(21), pattern(21))).toBeNull();
  });

  test("M74: sends in later turns come behind those of earlier ones", async (world) => {
    const [{ socket }, peer] = await world.client();
    for (let i = 0; i < 20; i++) {
      socket.send(pattern(100, i * 100));
      if (i % 3 === 0) await new Promise((resume) => setImmediate(resume));
      if (i % 3 === 1) await null;
    }
    expect(difference(await peer.got(2000), pattern(2000))).toBeNull();
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
