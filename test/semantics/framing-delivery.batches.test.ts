/** `messages`: what a handler does with a batch, and those who stop after each of many messages. */
import { expect } from "vitest";
import { framing, type MessageBatch, TCPSocket } from "../../bindings/index.ts";
import { latin1 } from "./support/bytes.ts";
import { Heard } from "./support/heard.ts";
import { EVERYWHERE, inWorlds, WIDE } from "./support/world.ts";

const LINES = { framing: framing.lines({ eol: "\n" }) } as const;

inWorlds(EVERYWHERE, (test) => {
  test("close() in a messages handler, with and without stopAfter()", async (world) => {
    for (const stops of [false, true]) {
      const [client, peer] = await world.client(LINES);
      const heard = new Heard();
      client.socket.onmessages = ({ data: batch }) => {
        heard.add(batch.at(0));
        if (stops) batch.stopAfter(0);
        client.socket.close();
      };
      peer.wire.write(latin1("a\nb\nc\n"));
      await client.fired("close");
      await world.settled();
      expect(heard.messages).toEqual(["a"]);
      expect(client.types).toBe("open close");
    }
  });

  test("messages: any listener of them takes all, data does not fire", async (world) => {
    const [client, peer] = await world.client(LINES);
    const heard = new Heard();
    client.socket.addEventListener("messages", ({ data: batch }) => {
      for (const message of batch) heard.add(message);
    });
    peer.wire.write(latin1("a\n\nbc\n"));
    await heard.count(3);
    expect(heard.messages).toEqual(["a", "", "bc"]);
    expect(client.types).toBe("open");
  });

  test("two listeners share a batch; the smallest stopAfter() counts", async (world) => {
    const [client, peer] = await world.client(LINES);
    const heard = new Heard();
    client.socket.addEventListener("messages", ({ data: batch }) => {
      if (batch.length > 1) batch.stopAfter(1);
      heard.add(batch.at(0));
    });
    client.socket.addEventListener("messages", ({ data: batch }) => {
      batch.stopAfter(0);
      batch.stopAfter(batch.length - 1);
    });
    peer.wire.write(latin1("1\n2\n3\n4\n"));
    await heard.count(4);
    expect(heard.messages).toEqual(["1", "2", "3", "4"]);
  });

  test("suspend() in a messages handler: behind the batch, or behind stopAfter()", async (world) => {
    const [client, peer] = await world.client(LINES);
    const { socket } = client;
    const heard = new Heard();
    socket.suspend();
    peer.wire.write(latin1("1\n2\n3\n"));
    await world.settled();
    const handler = ({ data: batch }: { data: MessageBatch }): void => {
      socket.suspend();
      for (const message of batch) heard.add(message);
    };
    socket.onmessages = ({ data: batch }) => {
      batch.stopAfter(0);
      socket.suspend();
      heard.add(batch.at(0));
      socket.onmessages = handler;
    };
    socket.resume();
    await heard.count(1);
    await world.settled();
    expect(heard.messages).toEqual(["1"]);
    for (let seen = 1; seen < 3; seen = heard.messages.length) {
      socket.resume();
      await heard.count(seen + 1);
      await world.settled();
    }
    expect(heard.messages).toEqual(["1", "2", "3"]);
    expect(() => socket.resume()).not.toThrow();
    expect(() => socket.resume()).toThrow(DOMException);
  });
});

inWorlds(WIDE, (test) => {
  test("a handler that stops after each of three thousand messages still ends", async (world) => {
    const [client, peer] = await world.client(LINES);
    const heard = new Heard();
    client.socket.onmessages = ({ data: batch }) => {
      heard.add(batch.at(0));
      batch.stopAfter(0);
    };
    const lines = Array.from({ length: 3000 }, (_, i) => `line ${i}`);
    peer.wire.write(latin1(`${lines.join("\n")}\n`));
    await heard.count(3000);
    expect(heard.messages).toEqual(lines);
  });

  test("and so does an iterator over them", async (world) => {
    const listening = await world.peers();
    const socket = new TCPSocket(world.address, listening.port, world.options(LINES));
    const opened = socket.opened;
    const peer = await listening.accept();
    const lines = Array.from({ length: 3000 }, (_, i) => `line ${i}`);
    peer.wire.write(latin1(`${lines.join("\n")}\n`));
    await opened;
    const seen: string[] = [];
    for await (const line of socket) if (seen.push(line) === lines.length) break;
    expect(seen).toEqual(lines);
  });
});
