/** What a strict server accepts, and how it hands it out. */
import { expect } from "vitest";
import { TCPServerSocket as Base, Engine, TCPServerSocketEvent } from "../../bindings/index.ts";
import { TCPServerSocket, TCPSocket } from "../../bindings/mozilla.ts";
import { Loopback } from "../../host/loopback/index.ts";
import { text } from "../semantics/support/bytes.ts";
import { Signal } from "../semantics/support/signal.ts";
import { EVERYWHERE, LOOPBACK } from "../semantics/support/world.ts";
import { newServer, send, strictly } from "./support/strict.ts";

strictly(EVERYWHERE, (test) => {
  test("M64 M92 M93: accepted sockets are strict", async (strict, world) => {
    const [client, served] = await strict.pair({}, { binaryType: "arraybuffer" });
    const { socket } = served;
    expect(socket.constructor).toBe(TCPSocket);
    const { host, port, ssl, readyState, binaryType } = socket;
    expect({ host, port, ssl, readyState, binaryType }).toEqual({
      ...{ host: world.address, port: client.socket.localPort, ssl: false },
      ...{ readyState: "open", binaryType: "arraybuffer" },
    });
    expect(send(socket, Uint8Array.of(1, 2))).toBe(true);
    expect(() => send(socket, "\u0100")).toThrow(TypeError);
    expect(text(await client.got(3))).toBe("1,2");
    client.socket.send("to the server");
    expect(text(await served.got(13))).toBe("to the server");
    expect(served.types, "no open event").toBe("data");
    socket.close();
    await Promise.all([client.fired("close"), served.fired("close")]);
  });

  test("M116 M5: the event has the socket as socket and as data", async (strict) => {
    const { server, accept } = strict.listen();
    const events: (TCPServerSocketEvent & { data?: unknown })[] = [];
    const selves: unknown[] = [];
    server.onconnect = function (event) {
      selves.push(this);
      events.push(event);
    };
    server.addEventListener("connect", { handleEvent: (event) => events.push(event as never) });
    strict.open(server.localPort);
    const { socket } = await accept();
    expect(events).toHaveLength(2);
    const [event] = events;
    expect(events[1]).toBe(event);
    expect(selves).toEqual([server]);
    expect(event).toBeInstanceOf(TCPServerSocketEvent);
    expect(event).toMatchObject({ type: "connect", target: server, isTrusted: true });
    expect(event?.socket).toBe(socket);
    expect(event?.data).toBe(socket);
  });

  test("M116: the callback of the JS era, with event.data", async (strict) => {
    const { server } = strict.listen();
    server.onconnect = ((event: { data: TCPSocket }) => event.data.send("hello")) as never;
    const client = strict.open(server.localPort);
    expect(text(await client.got(5))).toBe("hello");
  });

  test("M117: nobody listening, the connection is closed", async (strict, world) => {
    const server = newServer(0, world.options({}));
    const client = strict.open(server.localPort);
    await client.fired("close");
    expect(client.error).toBeUndefined();
    server.close();
  });

  test("M119 M118: close() leaves the accepted alive, in their order", async (strict) => {
    const { server, accept, accepted } = strict.listen();
    const first = strict.open(server.localPort);
    await accept(1);
    const second = strict.open(server.localPort);
    await accept(2);
    await Promise.all([first.fired("open"), second.fired("open")]);
    server.close();
    for (const [i, client] of [first, second].entries()) {
      expect(accepted[i]?.socket.port).toBe(client.socket.localPort);
      client.socket.send(String(i));
      await accepted[i]?.got(1);
    }
  });

  test("the sockets of its iterator are strict as well", async (strict, world) => {
    const server = newServer(0, world.options({}));
    const client = strict.open(server.localPort);
    const sockets = server[Symbol.asyncIterator]();
    const { value: socket } = await sockets.next();
    expect(socket.constructor).toBe(TCPSocket);
    send(socket, Uint8Array.of(7));
    socket.close();
    await client.fired("close");
    expect(text(client.bytes)).toBe("7");
    const waiting = sockets.next();
    await sockets.return?.();
    expect([await waiting, await sockets.next()]).toMatchObject([{ done: true }, { done: true }]);
  });
});

strictly(LOOPBACK.slice(0, 1), (test) => {
  test("M44: an event made by hand stays as it was made", async (_, world) => {
    const server = newServer(0, world.options({}));
    const other = new Base(0, world.options({}));
    const signal = new Signal();
    other.onconnect = ({ socket }) => {
      server.dispatchEvent(new TCPServerSocketEvent("connect", { socket }));
      expect(socket).not.toBeInstanceOf(TCPSocket);
      socket?.close();
      other.close();
      signal.changed();
    };
    let seen: Event | undefined;
    server.onconnect = (event) => {
      seen = event;
    };
    await world.connect(other.localPort);
    await signal.until("the event", String, () => seen !== undefined);
    expect(seen).toMatchObject({ isTrusted: false });
    expect(seen).not.toHaveProperty("data");
    server.close();
  });

  test("M112 M115: a port that is taken throws, localPort is known at once", () => {
    const engine = new Engine({ host: new Loopback({ seed: 1 }) });
    const server = new TCPServerSocket(8105, { engine });
    expect(server.localPort).toBe(8105);
    expect(() => newServer("8105", { engine })).toThrow(DOMException);
    server.close();
  });
});
