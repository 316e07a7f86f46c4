import { describe, expect, test } from "vitest";
import { Engine, TCPServerSocket, TCPSocket, TCPSocketError } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";
import { HOSTS, next, settle } from "../support/hosts.ts";

type Bytes = Uint8Array;

describe.each(HOSTS)("consumers on %s", (_name, makeEngine) => {
  async function pair(): Promise<{ client: TCPSocket; accepted: TCPSocket; close(): void }> {
    const engine = makeEngine();
    const server = new TCPServerSocket(0, { engine, binaryType: "uint8array" });
    const connect = next(server, "connect") as unknown as Promise<{ socket: TCPSocket }>;
    const client = new TCPSocket("localhost", server.localPort, {
      engine,
      binaryType: "uint8array",
    });
    await next(client, "open");
    const { socket } = await connect;
    const close = (): void => {
      for (const one of [client, socket]) one.closeImmediately();
      server.close();
    };
    return { client, accepted: socket, close };
  }

  test("an iterator gives all bytes in order and ends at the peer's end", async () => {
    const { client, accepted, close } = await pair();
    const sent = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 9)) & 0xff);
    accepted.send(sent);
    accepted.close();
    const parts: Bytes[] = [];
    for await (const bytes of client as AsyncIterable<Bytes>) {
      parts.push(bytes);
      if (parts.length % 3 === 0) await settle(1);
    }
    expect(Buffer.concat(parts).equals(sent)).toBe(true);
    await client.closed;
    close();
  });

  test("between items nothing more is read than one window", async () => {
    const { client, accepted, close } = await pair();
    const iterator = (client as AsyncIterable<Bytes>)[Symbol.asyncIterator]();
    accepted.send(new Uint8Array(8 << 20));
    const first = (await iterator.next()).value as Bytes;
    await settle(100);
    expect(client.bytesReceived).toBeLessThanOrEqual(first.length + 65_536);
    let got = first.length;
    while (got < 8 << 20) got += ((await iterator.next()).value as Bytes).length;
    expect(got).toBe(8 << 20);
    close();
  });

  test("two that wait at a time each get what comes", async () => {
    const { client, accepted, close } = await pair();
    const iterator = (client as AsyncIterable<Bytes>)[Symbol.asyncIterator]();
    const waiting = [iterator.next(), iterator.next()];
    for (const [index, letter] of ["a", "b"].entries()) {
      accepted.send(letter);
      expect((await waiting[index])?.value).toEqual(Uint8Array.of(letter.charCodeAt(0)));
    }
    close();
  });

  test("leaving the loop closes the socket", async () => {
    const { client, accepted, close } = await pair();
    accepted.send("something");
    for await (const _ of client as AsyncIterable<Bytes>) break;
    expect(["closing", "closed"]).toContain(client.readyState);
    await client.closed;
    close();
  });

  test("an iterator throws what the socket failed with", async () => {
    const engine = makeEngine();
    const socket = new TCPSocket("localhost", 1, { engine });
    const run = async (): Promise<void> => {
      for await (const _ of socket as AsyncIterable<Bytes>);
    };
    await expect(run()).rejects.toBeInstanceOf(TCPSocketError);
    await expect(run()).rejects.toThrow(/consumer already/);
  });

  test("a second consumer is an InvalidStateError, either way round", async () => {
    const { client, accepted, close } = await pair();
    const refused = expect.objectContaining({ name: "InvalidStateError" });
    client[Symbol.asyncIterator]();
    expect(() => client[Symbol.asyncIterator]()).toThrow(refused);
    expect(() => client.addEventListener("data", () => {})).toThrow(refused);
    expect(() => {
      client.onmessages = () => {};
    }).toThrow(refused);
    expect(client.onmessages).toBe(null);
    accepted.ondata = () => {};
    expect(() => accepted[Symbol.asyncIterator]()).toThrow(refused);
    close();
  });

  test("pull style: data that came before there was a consumer is kept", async () => {
    const engine = makeEngine();
    const server = new TCPServerSocket(0, { engine });
    server.onconnect = ({ socket }) => {
      socket?.send("greeting");
      socket?.close();
    };
    const client = new TCPSocket("localhost", server.localPort, { engine });
    await client.opened;
    await settle(50);
    let text = "";
    client.ondata = ({ data }) => {
      text += data;
    };
    await client.closed;
    expect(text).toBe("greeting");
    server.close();
  });

  test("without pull style, data nobody wants is dropped", async () => {
    const { client, accepted, close } = await pair();
    accepted.send("lost");
    await settle(50);
    let text = "";
    client.ondata = ({ data }) => {
      text += Buffer.from(data as Bytes).toString();
    };
    accepted.send("heard");
    accepted.close();
    await client.closed;
    expect("heard".endsWith(text)).toBe(true);
    expect(text).not.toContain("lost");
    close();
  });

  test("pull style: with nothing pending the peer's end is seen", async () => {
    const engine = makeEngine();
    const server = new TCPServerSocket(0, { engine });
    server.onconnect = ({ socket }) => socket?.close();
    const client = new TCPSocket("localhost", server.localPort, { engine });
    await client.opened;
    await client.closed;
    server.close();
  });

  test("a server's iterator: sockets in order, unread until handed out, their data kept", async () => {
    const engine = makeEngine();
    const server = new TCPServerSocket(0, { engine });
    const connections = server[Symbol.asyncIterator]();
    const clients = ["a", "b", "c"].map((text) => {
      const client = new TCPSocket("localhost", server.localPort, { engine });
      client.onopen = () => {
        client.send(text);
        client.halfClose();
      };
      return client;
    });
    const heard: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { value: socket } = (await connections.next()) as { value: TCPSocket };
      await settle(20);
      let text = "";
      for await (const data of socket as AsyncIterable<string>) text += data;
      heard.push(text);
    }
    expect(heard.sort()).toEqual(["a", "b", "c"]);
    server.close();
    expect((await connections.next()).done).toBe(true);
    await Promise.all(clients.map((client) => client.closed));
  });

  test("leaving a server's loop closes it and the sockets not handed out", async () => {
    const engine = makeEngine();
    const server = new TCPServerSocket(0, { engine });
    const clients = [0, 1, 2].map(() => new TCPSocket("localhost", server.localPort, { engine }));
    const served: TCPSocket[] = [];
    for await (const socket of server) {
      served.push(socket);
      await settle(20);
      break;
    }
    await settle(50);
    expect(served).toHaveLength(1);
    expect(served[0]?.readyState).toBe("open");
    const states = clients.map(({ readyState }) => readyState);
    expect(states.filter((state) => state === "open")).toHaveLength(1);
    served[0]?.closeImmediately();
  });

  test("a server has one consumer of connections", () => {
    const server = new TCPServerSocket(0, { engine: makeEngine() });
    server[Symbol.asyncIterator]();
    expect(() => {
      server.onconnect = () => {};
    }).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
    server.close();
  });

  test("400 accepted sockets with unread data each: none fails, all is read later", async () => {
    const count = 400;
    const each = 100_000;
    const engine = makeEngine();
    const server = new TCPServerSocket(0, { engine, binaryType: "uint8array" });
    const connections = server[Symbol.asyncIterator]();
    const clients = Array.from({ length: count }, () => {
      const client = new TCPSocket("localhost", server.localPort, { engine });
      client.onopen = () => {
        client.send(new Uint8Array(each));
        client.close();
      };
      return client;
    });
    const accepted: TCPSocket[] = [];
    while (accepted.length < count) accepted.push((await connections.next()).value);
    await settle(50);
    let total = 0;
    for (const socket of accepted) {
      for await (const bytes of socket as AsyncIterable<Uint8Array>) total += bytes.length;
    }
    expect(total).toBe(count * each);
    await Promise.all(clients.map((client) => client.closed));
    server.close();
  });
});

test("M16: a read that found no room is delivered in a task of its own", async () => {
  const network = new Loopback({ virtual: true, reads: "copy" });
  const sizes = { memoryBytes: 262_144, maxSockets: 8, windowBytes: 16_384 };
  const engine = new Engine({ host: network, ...sizes });
  const server = new TCPServerSocket(0, { engine });
  const heard: string[] = [];
  let accepted: TCPSocket | undefined;
  server.onconnect = ({ socket }) => {
    accepted = socket as TCPSocket;
    accepted[Symbol.asyncIterator](); // that nobody asks for anything
    accepted.onclose = () => heard.push("close");
  };
  const client = new TCPSocket("localhost", server.localPort, { engine });
  client.onopen = () => client.send(new Uint8Array(20_000));
  await network.run();
  accepted?.close();
  for (let i = 0; i < 20; i++) await null;
  expect(heard).toEqual([]);
  await network.run();
  expect(heard).toEqual(["close"]);
  server.close();
});
