/** What a handler does in the middle of a batch: each message reaches whoever listens then, once. */
import { expect } from "vitest";
import { framing, type MessageBatch, TCPSocket } from "../../bindings/index.ts";
import { latin1, text } from "./support/bytes.ts";
import { Heard } from "./support/heard.ts";
import { EVERYWHERE, inWorlds } from "./support/world.ts";

const LINES = { framing: framing.lines({ eol: "\n" }) } as const;

inWorlds(EVERYWHERE, (test) => {
  test("suspend() stops behind the message; resume() goes on with the next", async (world) => {
    const [client, peer] = await world.client(LINES);
    const { socket } = client;
    socket.ondata = () => socket.suspend();
    peer.wire.write(latin1("a\nb\nc\nd"));
    for (const seen of [["a"], ["a", "b"], ["a", "b", "c"]]) {
      await client.fired("data", seen.length);
      await world.settled();
      expect(client.chunks).toEqual(seen);
      socket.resume();
    }
    peer.wire.write(latin1("\n"));
    await client.fired("data", 4);
    expect(client.chunks).toEqual(["a", "b", "c", "d"]);
  });

  test("suspend() and resume() in one handler: nothing is lost or doubled", async (world) => {
    const [client, peer] = await world.client(LINES);
    const { socket } = client;
    socket.ondata = () => {
      socket.suspend();
      socket.suspend();
      socket.resume();
      socket.resume();
    };
    peer.wire.write(latin1("a\nb\n\nc\n"));
    await client.fired("data", 4);
    expect(client.chunks).toEqual(["a", "b", "", "c"]);
  });

  test("suspend() in the last message's handler holds back the peer's end", async (world) => {
    const [client, peer] = await world.client(LINES);
    const { socket } = client;
    socket.ondata = ({ data }) => data === "b" && socket.suspend();
    peer.wire.write(latin1("a\nb\n"));
    peer.wire.end();
    await client.fired("data", 2);
    await world.settled();
    expect(client.types).toBe("open data");
    socket.resume();
    await client.fired("close");
    expect(client.types).toBe("open data close");
  });

  test("close() in a handler: nothing follows but close, and what was sent still leaves", async (world) => {
    const [client, peer] = await world.client(LINES);
    const { socket } = client;
    socket.ondata = ({ data }) => {
      socket.send(`re: ${data}`);
      socket.close();
    };
    peer.wire.write(latin1("a\nb\nc\n"));
    await client.fired("close");
    expect(client.chunks).toEqual(["a"]);
    expect(client.types).toBe("open data close");
    await peer.fired("end");
    expect(text(peer.bytes)).toBe("re: a\n");
  });

  test("closeImmediately() in a handler: nothing follows but close", async (world) => {
    const [client, peer] = await world.client(LINES);
    client.socket.ondata = ({ data }) => data === "b" && client.socket.closeImmediately();
    peer.wire.write(latin1("a\nb\nc\nd\n"));
    await client.fired("close");
    await world.settled();
    expect(client.chunks).toEqual(["a", "b"]);
    expect(client.types).toBe("open data close");
  });

  test("the other socket's close() in a handler does not cut this one's messages", async (world) => {
    const [client, peer] = await world.client(LINES);
    const [other] = await world.client(LINES);
    client.socket.ondata = () => {
      other.socket.suspend();
      other.socket.setFraming(null);
      other.socket.close();
    };
    peer.wire.write(latin1("a\nb\nc\n"));
    await client.fired("data", 3);
    expect(client.chunks).toEqual(["a", "b", "c"]);
    await other.fired("close");
  });

  test("handlers swapped at each message: each is delivered once, to who listens then", async (world) => {
    const listening = await world.peers();
    const socket = new TCPSocket(world.address, listening.port, world.options(LINES));
    const heard = new Heard();
    const batches = ({ data: batch }: { data: MessageBatch }): void => {
      heard.add(`messages ${text(batch.at(0))}`);
      batch.stopAfter(0);
      socket.onmessages = null;
      socket.addEventListener("data", listener, { once: true });
    };
    const listener = (event: Event): void => {
      heard.add(`listener ${(event as Event & { data: string }).data}`);
      socket.ondata = handler;
    };
    const handler = ({ data }: { data: string }): void => {
      heard.add(`handler ${data}`);
      socket.ondata = null;
      socket.onmessages = batches;
    };
    socket.ondata = handler;
    const peer = await listening.accept();
    peer.wire.write(latin1("1\n2\n3\n4\n5\n6\n7\n"));
    await heard.count(7);
    expect(heard.messages).toEqual([
      "handler 1",
      "messages 2",
      "listener 3",
      "handler 4",
      "messages 5",
      "listener 6",
      "handler 7",
    ]);
    socket.close();
  });

  test("without a listener any more the rest is dropped, whole, and the peer's end is seen", async (world) => {
    const listening = await world.peers();
    const socket = new TCPSocket(world.address, listening.port, world.options(LINES));
    const heard = new Heard();
    const closed = new Promise<void>((resolve) => {
      socket.onclose = () => resolve();
    });
    socket.ondata = ({ data }) => {
      heard.add(data);
      socket.ondata = null;
    };
    const peer = await listening.accept();
    peer.wire.write(latin1("1\n2\n3\n"));
    await heard.count(1);
    await world.settled();
    socket.ondata = ({ data }) => heard.add(data);
    peer.wire.write(latin1("4\n"));
    peer.wire.end();
    await closed;
    expect(heard.messages).toEqual(["1", "4"]);
  });

  test("from a handler to an iterator in the middle of a batch: it gets the rest", async (world) => {
    const listening = await world.peers();
    const socket = new TCPSocket(world.address, listening.port, world.options(LINES));
    const first = new Promise<string>((resolve) => {
      socket.ondata = ({ data }) => {
        socket.ondata = null;
        resolve(data);
      };
    });
    const rest = (async (): Promise<string[]> => {
      const all = [await first];
      for await (const line of socket) if (all.push(line) === 4) break;
      return all;
    })();
    // The iterator must be there before the handler's microtasks have run out.
    const peer = await listening.accept();
    peer.wire.write(latin1("1\n"));
    await first;
    await null;
    peer.wire.write(latin1("2\n3\n4\n"));
    expect(await rest).toEqual(["1", "2", "3", "4"]);
  });

  test("an iterator made inside the handler takes what follows the message", async (world) => {
    const listening = await world.peers();
    const socket = new TCPSocket(world.address, listening.port, world.options(LINES));
    const rest = new Promise<string[]>((resolve) => {
      socket.ondata = ({ data }) => {
        socket.ondata = null;
        const iterator: AsyncIterator<string> = socket[Symbol.asyncIterator]();
        const results = [1, 2, 3].map(() => iterator.next());
        resolve(Promise.all(results).then((all) => [data, ...all.map(({ value }) => value)]));
      };
    });
    const peer = await listening.accept();
    peer.wire.write(latin1("1\n2\n3\n4\n5\n"));
    expect(await rest).toEqual(["1", "2", "3", "4"]);
    socket.close();
  });

  test("an iterator gets empty messages, all before the end, and the end", async (world) => {
    const listening = await world.peers();
    const socket = new TCPSocket(world.address, listening.port, world.options(LINES));
    const opened = socket.opened;
    const peer = await listening.accept();
    peer.wire.write(latin1("\n\na\n\n"));
    peer.wire.end();
    await opened;
    const seen: string[] = [];
    for await (const line of socket) seen.push(line);
    expect(seen).toEqual(["", "", "a", ""]);
  });

  test("a throwing handler loses no message", async (world) => {
    const [client, peer] = await world.client(LINES);
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    const thrown: unknown[] = [];
    process.on("uncaughtException", (error) => thrown.push(error));
    try {
      client.socket.ondata = () => {
        throw new Error("a handler's own");
      };
      peer.wire.write(latin1("a\nb\nc\n"));
      await client.fired("data", 3);
      await world.settled();
      expect(client.chunks).toEqual(["a", "b", "c"]);
      expect(thrown).toHaveLength(3);
    } finally {
      process.removeAllListeners("uncaughtException");
      for (const listener of listeners) process.on("uncaughtException", listener);
    }
  });
});
