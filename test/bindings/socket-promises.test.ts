import { describe, expect, test } from "vitest";
import { TCPServerSocket, TCPSocket, TCPSocketError } from "../../bindings/index.ts";
import { HOSTS, next, settle } from "../support/hosts.ts";

describe.each(HOSTS)("promises on %s", (_name, makeEngine) => {
  async function pair(options = {}): Promise<[TCPSocket, TCPSocket, TCPServerSocket]> {
    const engine = makeEngine();
    const server = new TCPServerSocket(0, { engine });
    const accepted = new Promise<TCPSocket>((resolve) => {
      server.onconnect = ({ socket }) => resolve(socket as TCPSocket);
    });
    const client = new TCPSocket("localhost", server.localPort, { engine, ...options });
    await next(client, "open");
    return [client, await accepted, server];
  }

  test("opened: at once after open, the same promise each time, resolved for accepted sockets", async () => {
    const [client, accepted, server] = await pair();
    await client.opened;
    expect(client.opened).toBe(client.opened);
    await accepted.opened;
    for (const one of [client, accepted, server]) one.close();
  });

  test("opened rejects with TCPSocketError when connecting fails, closed too", async () => {
    const engine = makeEngine();
    const server = new TCPServerSocket(0, { engine });
    const { localPort } = server;
    server.close();
    await settle();
    const socket = new TCPSocket("localhost", localPort, { engine });
    const refused = { name: "ConnectionRefusedError", code: "ECONNREFUSED" };
    await expect(socket.opened).rejects.toMatchObject(refused);
    await expect(socket.opened).rejects.toBeInstanceOf(TCPSocketError);
    await expect(socket.closed).rejects.toMatchObject(refused);
  });

  test("opened rejects with AbortError when closed before, and closed resolves", async () => {
    const engine = makeEngine();
    const server = new TCPServerSocket(0, { engine });
    const socket = new TCPSocket("localhost", server.localPort, { engine });
    const opened = socket.opened;
    socket.close();
    await expect(opened).rejects.toMatchObject({ name: "AbortError" });
    await socket.closed;
    server.close();
  });

  test("closed resolves after a clean close, also when taken late", async () => {
    const [client, accepted, server] = await pair();
    const early = accepted.closed;
    client.close();
    await client.closed;
    await early;
    await settle();
    await client.closed;
    server.close();
  });

  test("drained: resolved unless a send() returned false, then at the next drain", async () => {
    const [client, accepted, server] = await pair();
    await client.drained;
    expect(client.send(new Uint8Array(100))).toBe(true);
    await client.drained;
    const before = client.drained;
    expect(client.send(new Uint8Array(200_000))).toBe(false);
    expect(client.drained).not.toBe(before);
    await client.drained;
    expect(client.bufferedAmount).toBe(0);
    await client.drained;
    for (const one of [client, accepted, server]) one.close();
  });

  test("drained: who waits goes on, though more was sent meanwhile", async () => {
    const [client, accepted, server] = await pair();
    expect(client.send(new Uint8Array(200_000))).toBe(false);
    const drained = client.drained;
    expect(client.send(new Uint8Array(100))).toBe(false);
    await drained;
    expect(client.bufferedAmount).toBe(0);
    for (const one of [client, accepted, server]) one.close();
  });

  test("drained rejects when the socket is closed first", async () => {
    const [client, accepted, server] = await pair();
    accepted.suspend();
    client.send(new Uint8Array(20 << 20));
    const drained = client.drained;
    client.closeImmediately();
    await expect(drained).rejects.toMatchObject({ name: "AbortError" });
    accepted.closeImmediately();
    server.close();
  });

  test("a promise nobody looks at is no unhandled rejection", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => {
      unhandled.push(reason);
    };
    process.on("unhandledRejection", note);
    const engine = makeEngine();
    const socket = new TCPSocket("localhost", 1, { engine });
    void socket.opened;
    void socket.closed;
    void socket.drained;
    await next(socket, "close");
    await settle();
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  test("await using closes and waits", async () => {
    const [client, accepted, server] = await pair();
    await client[Symbol.asyncDispose]();
    expect(client.readyState).toBe("closed");
    await server[Symbol.asyncDispose]();
    await accepted.closed;
  });
});

describe.each(HOSTS)("signal on %s", (_name, makeEngine) => {
  test("aborting is closeImmediately(): no error, close; promises reject with the reason", async () => {
    const engine = makeEngine();
    const server = new TCPServerSocket(0, { engine });
    server.onconnect = () => {};
    const controller = new AbortController();
    const { signal } = controller;
    const socket = new TCPSocket("localhost", server.localPort, { engine, signal });
    await next(socket, "open");
    const events: string[] = [];
    socket.onerror = () => events.push("error");
    socket.onclose = () => events.push("close");
    controller.abort(new Error("enough"));
    expect(socket.readyState).toBe("closing");
    await expect(socket.closed).rejects.toThrow("enough");
    expect(events).toEqual(["close"]);
    await socket.opened;
    server.close();
  });

  test("while connecting, opened rejects with the reason", async () => {
    const engine = makeEngine();
    const controller = new AbortController();
    const { signal } = controller;
    const socket = new TCPSocket("localhost", 9, { engine, signal });
    const opened = socket.opened;
    controller.abort(new Error("too late"));
    await expect(opened).rejects.toThrow("too late");
    await expect(socket.closed).rejects.toThrow("too late");
  });

  test("aborted already: the constructor throws the reason, and nothing is left behind", async () => {
    const engine = makeEngine();
    const signal = AbortSignal.abort(new Error("never"));
    expect(() => new TCPSocket("localhost", 9, { engine, signal })).toThrow("never");
    expect(() => new TCPServerSocket(0, { engine, signal })).toThrow("never");
    expect(engine.stats.sockets).toBe(0);
  });

  test("aborting a server closes it, its sockets live on", async () => {
    const engine = makeEngine();
    const controller = new AbortController();
    const server = new TCPServerSocket(0, { engine, signal: controller.signal });
    const accepted = next(server, "connect") as unknown as Promise<{ socket: TCPSocket }>;
    const client = new TCPSocket("localhost", server.localPort, { engine });
    const { socket } = await accepted;
    controller.abort();
    await settle();
    const late = new TCPSocket("localhost", server.localPort, { engine });
    await expect(late.opened).rejects.toBeInstanceOf(TCPSocketError);
    const data = next(client, "data") as unknown as Promise<{ data: string }>;
    socket.send("still here");
    expect((await data).data.length).toBeGreaterThan(0);
    client.close();
  });
});
