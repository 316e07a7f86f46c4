/**
 * docs/porting.md, the rows of its tables that no other test shows: each claim about this package,
 * and where it says that node:net is otherwise, net beside it.
 */
import events, { once } from "node:events";
import net from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { Engine, TCPServerSocket, TCPSocket } from "../bindings/index.ts";
import { nodeHost } from "../host/node/index.ts";
import type { Transport } from "../host/transport.ts";
import { next } from "./support/hosts.ts";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A port of node:net whose connections are handed to `accepted`. */
async function listen(accepted: (socket: net.Socket) => void = () => {}): Promise<number> {
  const server = net.createServer((socket) => {
    ends.push(() => socket.destroy());
    accepted(socket.on("error", () => {}));
  });
  ends.push(() => server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as net.AddressInfo).port;
}

async function open(port: number, engine?: Engine): Promise<TCPSocket> {
  const socket = new TCPSocket("127.0.0.1", port, engine ? { engine } : {});
  ends.push(() => socket.closeImmediately());
  await next(socket, "open");
  return socket;
}

function serve(engine: Engine, options: { maxConnections?: number } = {}): TCPServerSocket {
  const server = new TCPServerSocket(0, { engine, ...options });
  ends.push(() => server.close());
  server.onconnect = () => {};
  return server;
}

describe("from node:net", () => {
  test("what you send in one turn leaves in one write", async () => {
    const writes: number[] = [];
    const host = {
      ...nodeHost,
      connect: (...given: Parameters<typeof nodeHost.connect>): Transport => {
        const transport = nodeHost.connect(...given);
        const write = transport.write.bind(transport);
        transport.write = (views, bytes) => {
          writes.push(bytes);
          write(views, bytes);
        };
        return transport;
      },
    };
    const socket = await open(
      await listen((peer) => peer.resume()),
      new Engine({ host, memoryBytes: 4 << 20 }),
    );
    for (let i = 0; i < 100; i++) socket.send("0123456789");
    socket.halfClose();
    await next(socket, "close");
    expect(writes).toEqual([1000]);
  });

  test("write() and send() before open: net queues, here it throws", async () => {
    const port = await listen();
    const other = net.connect(port, "127.0.0.1");
    ends.push(() => other.destroy());
    expect(other.write("x")).toBeTypeOf("boolean");
    const socket = new TCPSocket("127.0.0.1", port);
    expect(() => socket.send("x")).toThrow("readyState");
    await next(socket, "open");
    socket.close();
  });

  test("bytesWritten of net counts what is still queued, bytesSent does not", async () => {
    const port = await listen((socket) => socket.pause());
    const socket = await open(port);
    socket.send(new Uint8Array(1000));
    expect([socket.bytesSent, socket.bufferedAmount]).toEqual([0, 1000]);
    const other = net.connect(port, "127.0.0.1");
    ends.push(() => other.destroy());
    other.write(new Uint8Array(1000));
    expect(other.bytesWritten).toBe(1000);
  });

  test("an error that nobody listens to is not thrown", async () => {
    const refused = new TCPSocket("127.0.0.1", 1);
    await next(refused, "close");
    expect(refused.readyState).toBe("closed");
  });

  test("family and localAddress are the same options", async () => {
    const port = await listen();
    const socket = new TCPSocket("localhost", port, { family: 4, localAddress: "127.0.0.1" });
    await next(socket, "open");
    expect([socket.remoteAddress, socket.localAddress]).toEqual(["127.0.0.1", "127.0.0.1"]);
    socket.close();
  });

  test("remoteAddress and the like may be asked for in onclose, but not first after an error", async () => {
    const accepted: net.Socket[] = [];
    const port = await listen((socket) => accepted.push(socket));
    const [ended, reset] = [await open(port), await open(port)];
    const said: string[] = [];
    for (const socket of [ended, reset]) socket.onclose = () => said.push(socket.remoteAddress);
    accepted[0]?.end();
    await next(ended, "close");
    accepted[1]?.resetAndDestroy();
    await next(reset, "close");
    expect([...said, ended.remoteAddress]).toEqual(["127.0.0.1", "", "127.0.0.1"]);
  });

  test("events.once() and events.on() work, getEventListeners() does not", async () => {
    const port = await listen((socket) => socket.pipe(socket));
    const socket = new TCPSocket("127.0.0.1", port);
    ends.push(() => socket.close());
    const [event] = await once(socket, "open");
    expect(event.target).toBe(socket);
    const data = events.on(socket, "data");
    socket.send("echo");
    expect((await data.next()).value[0].data).toBe("echo");
    await data.return?.();
    const refused = once(new TCPSocket("127.0.0.1", 1), "error");
    expect((await refused)[0].name).toBe("ConnectionRefusedError");
    let found: unknown[] = [];
    try {
      found = events.getEventListeners(socket, "data");
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError); // before Node 24
    }
    expect(found).toEqual([]);
  });
});

describe("from a server of node:net", () => {
  test("getConnections() is stats.sockets, which counts servers, too", async () => {
    const engine = new Engine({ memoryBytes: 4 << 20 });
    const server = serve(engine);
    expect(engine.stats.sockets).toBe(1);
    const connected = next(server, "connect");
    const socket = await open(server.localPort, engine);
    await connected;
    expect(engine.stats.sockets).toBe(3);
    socket.close();
    expect(engine.stats.sockets, "still going away").toBe(3);
  });

  test("drop is counted in stats.refusedConnections", async () => {
    const engine = new Engine({ memoryBytes: 4 << 20 });
    const server = serve(engine, { maxConnections: 1 });
    const first = new TCPSocket("127.0.0.1", server.localPort, { engine });
    await next(server, "connect");
    const second = new TCPSocket("127.0.0.1", server.localPort, { engine });
    await next(second, "close");
    expect(engine.stats.refusedConnections).toBe(1);
    first.close();
  });

  test("close() that waits is engine.drain(), which closes the connections, too", async () => {
    const engine = new Engine({ memoryBytes: 4 << 20 });
    const server = serve(engine);
    const socket = await open(server.localPort, engine);
    await engine.drain(1000);
    expect([socket.readyState, engine.stats.sockets]).toEqual(["closed", 0]);
    const late = new TCPSocket("127.0.0.1", server.localPort);
    await expect(late.opened).rejects.toMatchObject({ name: "ConnectionRefusedError" });
  });
});
