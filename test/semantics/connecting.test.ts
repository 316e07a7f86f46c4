/** Chapter 2 of Mozilla's API: what a new socket does, and where it connects to. */
import { expect } from "vitest";
import { Engine, type SocketOptions, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { Watch } from "./support/watch.ts";
import { EVERYWHERE, inWorlds, LOOPBACK, NODE } from "./support/world.ts";

inWorlds(EVERYWHERE, (test) => {
  test("M11: port 0 fails later, by events", async (world) => {
    const client = world.open(0);
    expect(client.socket.readyState).toBe("connecting");
    expect(client.types).toBe("");
    await client.fired("close");
    expect(client.types).toBe("error close");
  });

  test("M11 M17: no host is too strange for the constructor; it fails later", async (world) => {
    const found = Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
    const lookup = (_: string, __: object, done: (error: Error) => void): void => done(found);
    if (world.network) world.network.faults.lookupFailure = 1;
    const hosts = ["a b", "[::1]", "::1%nowhere", "1.2.3.4.5", "http://host/", "\0", "\u20ac"];
    hosts.push("x".repeat(300), "under_score.invalid");
    const clients = hosts.map((host) => world.open(9, { lookup }, host));
    for (const [i, client] of clients.entries()) {
      expect([client.socket.host, client.socket.readyState]).toEqual([hosts[i], "connecting"]);
      expect(client.types).toBe("");
    }
    for (const client of clients) {
      await client.fired("close");
      expect(client.types).toBe("error close");
    }
  });

  test("M14: changing the options afterwards changes nothing", async (world) => {
    const options: SocketOptions = { binaryType: "arraybuffer" };
    const [client, peer] = await world.client(options);
    options.binaryType = "string";
    peer.wire.write(new Uint8Array([1]));
    await client.got(1);
    expect(client.chunks[0]).toBeInstanceOf(ArrayBuffer);
    expect(client.socket.binaryType).toBe("arraybuffer");
  });

  test("M15 M16: connecting at once, no event until the caller has returned", async (world) => {
    const { port } = world.listen();
    const client = world.open(port);
    expect(client.socket.readyState).toBe("connecting");
    expect(client.types).toBe("");
    await client.fired("open");
  });

  test("M16: handlers attached later in the same microtask chain miss nothing", async (world) => {
    const { port } = world.listen();
    const socket = new TCPSocket(world.address, port, world.options({}));
    for (let i = 0; i < 20; i++) await null;
    const client = new Watch(socket);
    await client.fired("open");
    client.socket.close();
    await client.fired("close");
    expect(client.types).toBe("open close");
  });

  test("M18: host and port stay as they were given, host names too", async (world) => {
    const { port } = world.listen();
    const family = world.address === "::1" ? 6 : 4;
    const lookup = (_host: string, { all }: { all?: boolean }, found: (...a: unknown[]) => void) =>
      all ? found(null, [{ address: world.address, family }]) : found(null, world.address, family);
    const client = world.open(String(port), { lookup }, "some.name.example");
    const told = () => [client.socket.host, client.socket.port];
    expect(told()).toEqual(["some.name.example", port]);
    await client.fired("open");
    expect(told()).toEqual(["some.name.example", port]);
    expect([client.socket.remoteAddress, client.socket.remotePort]).toEqual([world.address, port]);
    client.socket.close();
    await client.fired("close");
    expect(told()).toEqual(["some.name.example", port]);
  });
});

inWorlds(EVERYWHERE, (test) => {
  test("M22: localAddress and localPort are where it connects from", async (world) => {
    const listening = world.listen();
    const free = world.listen();
    free.server.close();
    await world.settled();
    const options = { localAddress: world.address, localPort: free.port };
    const client = world.open(listening.port, options);
    await client.fired("open");
    const { localAddress, localPort } = client.socket;
    expect({ localAddress, localPort }).toEqual(options);
    expect((await listening.accept()).socket.port).toBe(free.port);
  });

  test("more than maxSockets: QuotaExceededError, room again after close", async (world) => {
    const engine = new Engine({ maxSockets: 2, ...(world.network && { host: world.network }) });
    const { port } = await world.peers();
    const open = () => new Watch(new TCPSocket(world.address, port, { engine }));
    const sockets = [open(), open()];
    const quota = expect.objectContaining({ name: "QuotaExceededError" });
    expect(open).toThrow(quota);
    expect(() => new TCPServerSocket(0, { engine })).toThrow(quota);
    for (const client of sockets) await client.fired("open");
    expect(open).toThrow(quota);
    for (const { socket } of sockets) socket.close();
    expect(open, "they linger").toThrow(quota);
    for (const client of sockets) await client.fired("close");
  });
});

inWorlds(LOOPBACK, (test) => {
  test("M11: a name that does not exist fails later, by events", async (world) => {
    const client = world.open(80, {}, "nowhere.invalid");
    expect(client.socket.readyState).toBe("connecting");
    await client.fired("close");
    expect(client.types).toBe("error close");
    expect(client.error?.name).toBe("DomainNotFoundError");
  });
});

inWorlds([...NODE.filter(({ address }) => address === "::1"), ...LOOPBACK.slice(0, 1)], (test) => {
  test("M19: IPv6 addresses are given without brackets", async (world) => {
    const { port } = world.listen();
    const client = world.open(port, {}, "::1");
    await client.fired("open");
    expect(client.socket.host).toBe("::1");
  });
});
