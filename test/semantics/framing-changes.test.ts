/** setFraming(): it counts from the first byte not yet delivered, whenever it is called. */
import { expect } from "vitest";
import { framing, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { latin1, text } from "./support/bytes.ts";
import { Heard } from "./support/heard.ts";
import { EVERYWHERE, inWorlds } from "./support/world.ts";

const LINES = framing.lines();
const IMAP = "* OK hello\r\n* 1 FETCH {7}\r\nab\r\ncd\0)\r\n* 2 FETCH {0}\r\n)\r\nA1 OK\r\n";
const IMAP_MESSAGES = [
  "* OK hello",
  "* 1 FETCH {7}",
  "ab\r\ncd\0",
  ")",
  "* 2 FETCH {0}",
  ")",
  "A1 OK",
];

/** What an IMAP client does after each message; an empty literal is none to wait for. */
class Imap extends Heard {
  #literal = false;

  /** Returns whether the framing has changed. */
  next(socket: TCPSocket, message: string): boolean {
    const size = this.#literal ? 0 : Number(/\{(\d+)\}$/.exec(message)?.[1] ?? 0);
    const literal = size > 0;
    const changes = literal || this.#literal;
    if (changes) socket.setFraming(literal ? framing.fixed(size) : LINES);
    this.#literal = literal;
    this.add(message);
    return changes;
  }

  get over(): boolean {
    return this.messages.at(-1) === "A1 OK";
  }

  end(): Promise<void> {
    return this.until("A1 OK", () => this.over);
  }
}

inWorlds(EVERYWHERE, (test) => {
  test("in a data handler: IMAP's literals, in one segment", async (world) => {
    const [client, peer] = await world.client({ framing: LINES });
    const imap = new Imap();
    client.socket.ondata = ({ data }) => imap.next(client.socket, data);
    peer.wire.write(latin1(IMAP));
    await imap.end();
    expect(imap.messages).toEqual(IMAP_MESSAGES);
    await world.settled();
    expect(imap.messages).toHaveLength(IMAP_MESSAGES.length);
  });

  test("on an accepted socket, set in onconnect, before its first data", async (world) => {
    const listening = world.listen();
    const imap = new Imap();
    listening.server.onconnect = ({ socket }) => {
      socket?.setFraming(LINES);
      if (socket) socket.ondata = ({ data }) => imap.next(socket, data);
    };
    const peer = await world.connect(listening.port);
    peer.wire.write(latin1(IMAP));
    await imap.end();
    expect(imap.messages).toEqual(IMAP_MESSAGES);
  });

  test("in a messages handler, with stopAfter() behind each message that changes it", async (world) => {
    const [client, peer] = await world.client({ framing: LINES });
    const imap = new Imap();
    client.socket.onmessages = ({ data: batch }) => {
      let i = 0;
      let last = false;
      while (i < batch.length && !last) {
        const message = text(batch.at(i++));
        last = imap.next(client.socket, message) || i === 2;
      }
      batch.stopAfter(i - 1); // also where nothing has changed
    };
    peer.wire.write(latin1(IMAP));
    await imap.end();
    expect(imap.messages).toEqual(IMAP_MESSAGES);
    expect(client.chunks).toEqual([]);
  });

  test("in a messages handler without stopAfter() it counts behind the batch", async (world) => {
    const [client, peer] = await world.client({ framing: framing.fixed(1) });
    const heard = new Heard();
    client.socket.onmessages = ({ data: batch }) => {
      client.socket.setFraming(framing.fixed(2));
      for (const message of batch) heard.add(message);
    };
    peer.wire.write(latin1("abc"));
    await heard.count(1);
    peer.wire.write(latin1("de"));
    await heard.until("the rest", () => heard.messages.join("").length >= 4);
    await world.settled();
    const seen = heard.messages.join("");
    expect("abcde".startsWith(seen)).toBe(true);
    expect(heard.messages[0]).toBe("a");
    expect(heard.messages.at(-1)).toHaveLength(2);
  });

  test("in an iterator's loop: nothing is decoded ahead", async (world) => {
    const listening = await world.peers();
    const options = world.options({ framing: LINES });
    const socket = new TCPSocket(world.address, listening.port, options);
    const opened = socket.opened;
    const peer = await listening.accept();
    peer.wire.write(latin1(IMAP));
    await opened;
    const imap = new Imap();
    for await (const message of socket) {
      imap.next(socket, message);
      if (imap.over) break;
    }
    expect(imap.messages).toEqual(IMAP_MESSAGES);
  });

  test("in an iterator's loop that waits between messages", async (world) => {
    const server = new TCPServerSocket(0, world.options({ framing: LINES }));
    const sockets = server[Symbol.asyncIterator]();
    const peer = await world.connect(server.localPort);
    peer.wire.write(latin1(IMAP));
    const imap = new Imap();
    for await (const socket of sockets) {
      for await (const message of socket) {
        await world.settled();
        imap.next(socket, message);
        await world.settled();
        if (imap.over) break;
      }
      break;
    }
    expect(imap.messages).toEqual(IMAP_MESSAGES);
  });

  test("to null, and back: bytes between two framings", async (world) => {
    const [client, peer] = await world.client({ framing: LINES });
    const { socket } = client;
    const lines = new Heard();
    let raw = "";
    const line = ({ data }: { data: string }): void => {
      lines.add(data);
      if (data !== "DATA") return;
      socket.setFraming(null);
      socket.ondata = ({ data: bytes }) => {
        raw += bytes;
        if (!raw.endsWith("!")) return;
        socket.setFraming(LINES);
        socket.ondata = line;
        peer.wire.write(latin1("after\r\n"));
      };
    };
    socket.ondata = line;
    peer.wire.write(latin1("one\r\nDATA\r\nany\r\n\r\nthing!"));
    await lines.count(3);
    expect(lines.messages).toEqual(["one", "DATA", "after"]);
    expect(raw).toBe("any\r\n\r\nthing!");
  });

  test("setFraming() and send() in one handler, between the messages of one segment", async (world) => {
    const [{ socket }, peer] = await world.client({ framing: framing.fixed(1) });
    let turn = 0;
    socket.ondata = ({ data }) => {
      turn++;
      socket.setFraming(turn % 2 === 1 ? LINES : framing.fixed(1));
      socket.send(turn % 2 === 1 ? data : String(data.length % 10));
    };
    peer.wire.write(latin1("abc\r\nd\r\nefg\r\n"));
    expect(text(await peer.got(12))).toBe("a\r\n2d\r\n0e\r\n2");
  });

  test("back and forth in a batch of the other kind", async (world) => {
    const [client, peer] = await world.client({ framing: framing.slip() });
    const { socket } = client;
    const heard = new Heard();
    socket.onmessages = ({ data: batch }) => {
      batch.stopAfter(0);
      socket.setFraming(heard.messages.length % 2 === 0 ? framing.cobs() : framing.slip());
      heard.add(batch.at(0));
    };
    peer.wire.write(latin1("a\xdb\xdc\xc0\x02b\x02c\0d\xdb\xdd\xc0\x01\0ee\xc0"));
    await heard.count(5);
    expect(heard.messages).toEqual(["a\xc0", "b\0c", "d\xdb", "", "ee"]);
  });
});
