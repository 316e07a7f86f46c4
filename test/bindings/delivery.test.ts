import { describe, expect, test } from "vitest";
import {
  type BinaryType,
  Engine,
  framing,
  type MessageBatch,
  TCPSocket,
  type TCPSocketEvent,
} from "../../bindings/index.ts";
import { Loopback, type RawPeer } from "../../host/loopback/index.ts";

const LINES = framing.lines({ eol: "\n" });
/** A client that is open, and what its peer says, delivered by the time `say` resolves. */
async function client(binaryType: BinaryType = "string", checks?: boolean) {
  const host = new Loopback({ seed: 1, virtual: true });
  const engine = new Engine({
    host,
    memoryBytes: 8 << 20,
    ...(checks !== undefined && { checks }),
  });
  let peer: RawPeer | undefined;
  const { port } = host.listenRaw(0, (raw) => {
    peer = raw;
  });
  const socket = new TCPSocket("localhost", port, { engine, binaryType, framing: LINES });
  await host.run();
  const say = (text: string): Promise<void> => {
    peer?.write(Buffer.from(text, "latin1"));
    return host.run();
  };
  return { socket, say };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

describe("data", () => {
  test("uint8array: the messages of one read share one ArrayBuffer, those of another have theirs", async () => {
    const { socket, say } = await client("uint8array");
    const seen: Uint8Array[] = [];
    socket.ondata = ({ data }) => seen.push(data);
    await say("a\n\nbc\n");
    await say("d\n");
    expect(seen.map(latin1)).toEqual(["a", "", "bc", "d"]);
    expect(new Set(seen.slice(0, 3).map(({ buffer }) => buffer)).size).toBe(1);
    expect(seen[3]?.buffer).not.toBe(seen[0]?.buffer);
  });

  test("uint8array: a handler that transfers its message's buffer loses none of the others", async () => {
    const { socket, say } = await client("uint8array");
    const seen: string[] = [];
    socket.ondata = ({ data }) => {
      seen.push(latin1(data));
      structuredClone(data, { transfer: [data.buffer as ArrayBuffer] });
    };
    await say("a\n\nbc\n");
    await say("d\n");
    expect(seen).toEqual(["a", "", "bc", "d"]);
  });

  test("arraybuffer: each is exact and its own", async () => {
    const { socket, say } = await client("arraybuffer");
    const seen: ArrayBuffer[] = [];
    socket.ondata = ({ data }) => seen.push(data);
    await say("a\n\nbc\n");
    expect(seen.map(({ byteLength }) => byteLength)).toEqual([1, 0, 2]);
    expect(new Set(seen).size).toBe(3);
  });

  test("an iterator's messages do not keep those after them alive", async () => {
    const { socket, say } = await client("uint8array");
    const iterator: AsyncIterator<Uint8Array> = socket[Symbol.asyncIterator]();
    const first = iterator.next();
    await say(`a\n${"x".repeat(10_000)}\n`);
    const { value } = await first;
    expect(latin1(value)).toBe("a");
    expect(value.buffer.byteLength).toBeLessThan(100);
    await iterator.return?.();
  });

  test("each message is an event of its own, trusted, with the socket as target", async () => {
    const { socket, say } = await client();
    const events: TCPSocketEvent<string>[] = [];
    socket.addEventListener("data", (event) => {
      expect(event.currentTarget).toBe(socket);
      events.push(event);
    });
    await say("a\nb\n");
    expect(new Set(events).size).toBe(2);
    for (const event of events) {
      expect([event.type, event.isTrusted, event.target]).toEqual(["data", true, socket]);
      expect(event.currentTarget).toBeNull();
    }
    expect(events[1]?.timeStamp).toBeGreaterThanOrEqual(events[0]?.timeStamp ?? Infinity);
  });

  test("stopImmediatePropagation() stops one message's listeners, not the next message's", async () => {
    const { socket, say } = await client();
    const seen: string[] = [];
    socket.addEventListener("data", (event) => {
      seen.push(`first ${event.data}`);
      if (event.data === "a") event.stopImmediatePropagation();
    });
    socket.addEventListener("data", ({ data }) => seen.push(`second ${data}`));
    await say("a\nb\n");
    expect(seen).toEqual(["first a", "first b", "second b"]);
  });

  test("a listener added in the middle of a batch hears from the next message on", async () => {
    const { socket, say } = await client();
    const seen: string[] = [];
    socket.ondata = ({ data }) => {
      seen.push(`handler ${data}`);
      if (data === "a") socket.addEventListener("data", (event) => seen.push(`late ${event.data}`));
      if (data === "b") socket.ondata = null;
    };
    await say("a\nb\nc\n");
    expect(seen).toEqual(["handler a", "handler b", "late b", "late c"]);
  });

  test("a message that is dispatched again by the app is nobody's delivery", async () => {
    const { socket, say } = await client();
    const seen: string[] = [];
    socket.ondata = (event) => {
      seen.push(event.data);
      if (seen.length === 1) setTimeout(() => socket.dispatchEvent(event));
    };
    await say("a\nb\n");
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen).toEqual(["a", "b", "a"]);
  });
});

describe("messages", () => {
  async function batches(checks: boolean, text: string): Promise<[MessageBatch, unknown][]> {
    const { socket, say } = await client("string", checks);
    const seen: [MessageBatch, unknown][] = [];
    socket.onmessages = ({ data: batch }) => {
      const { bytes, table } = batch;
      const messages = Array.from({ length: batch.length }, (_, i) => {
        const [offset, size] = [batch.offset(i), batch.size(i)];
        expect([table[i * 2], table[i * 2 + 1]]).toEqual([offset, size]);
        const borrowed = latin1(bytes.subarray(offset, offset + size));
        expect(latin1(batch.at(i))).toBe(borrowed);
        return borrowed;
      });
      seen.push([batch, { messages, bytes, table, owned: batch.at(0) }]);
    };
    await say(text);
    return seen;
  }

  test.each([false, true])(
    "checks %s: the table, the bytes and the owned ones agree",
    async (checks) => {
      const [first] = await batches(checks, "one\n\nthree\n\n");
      expect(first?.[1]).toMatchObject({ messages: ["one", "", "three", ""] });
    },
  );

  test("with checks what was lent is detached afterwards, without it is engine memory", async () => {
    for (const checks of [true, false]) {
      const [first] = await batches(checks, "one\ntwo\n");
      const [batch, lent] = first as [MessageBatch, { bytes: Uint8Array; table: Uint32Array }];
      expect(() => batch.bytes).toThrow(DOMException);
      expect(() => batch.stopAfter(0)).toThrow(DOMException);
      expect(lent.bytes.byteLength === 0).toBe(checks);
      expect(lent.table.byteLength === 0).toBe(checks);
      if (!checks) expect(lent.bytes.buffer.byteLength).toBe(8 << 20);
      expect(latin1((lent as unknown as { owned: Uint8Array }).owned)).toBe("one");
    }
  });

  test("binaryType does not matter, and there is no empty batch", async () => {
    const { socket, say } = await client("arraybuffer");
    const lengths: number[] = [];
    socket.onmessages = ({ data: batch }) => lengths.push(batch.length);
    await say("no end yet");
    expect(lengths).toEqual([]);
    await say("\n");
    expect(lengths).toEqual([1]);
  });

  test("a handler that throws still ends the batch, where it said it stops", async () => {
    const { socket, say } = await client();
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    const thrown: Error[] = [];
    process.on("uncaughtException", (error) => thrown.push(error));
    const seen: string[] = [];
    let kept: MessageBatch | undefined;
    socket.onmessages = ({ data: batch }) => {
      seen.push(latin1(batch.at(0)));
      batch.stopAfter(0);
      kept = batch;
      throw new Error("a handler's own");
    };
    await say("a\nb\nc\n");
    process.removeAllListeners("uncaughtException");
    for (const listener of listeners) process.on("uncaughtException", listener);
    expect(seen).toEqual(["a", "b", "c"]);
    expect(thrown).toHaveLength(3);
    expect(() => kept?.length).toThrow(DOMException);
  });

  test("without framing a batch has one entry; stopAfter(0) changes nothing", async () => {
    const { socket, say } = await client();
    socket.setFraming(null);
    const seen: string[] = [];
    socket.onmessages = ({ data: batch }) => {
      expect([batch.length, batch.offset(0), batch.size(0)]).toEqual([1, 0, batch.bytes.length]);
      expect([...batch.table]).toEqual([0, batch.bytes.length]);
      batch.stopAfter(0);
      expect(() => batch.stopAfter(1)).toThrow(RangeError);
      seen.push(latin1(batch.at(0)));
    };
    await say("a\nb\n");
    expect(seen.join("")).toBe("a\nb\n");
  });

  test("what was sent may be sent on from the batch, but not engine memory itself", async () => {
    const { socket, say } = await client("string", false);
    let refused: unknown;
    socket.onmessages = ({ data: batch }) => {
      socket.send(batch.at(0));
      socket.send(batch.bytes.subarray(0, batch.size(0)));
      try {
        socket.send(batch.bytes.buffer as ArrayBuffer);
      } catch (error) {
        refused = error;
      }
    };
    await say("abc\n");
    expect(refused).toBeInstanceOf(TypeError);
    expect(socket.bytesSent).toBe(8);
  });
});
