/** Chapter 14 of Mozilla's API: TCPServerSocket. */
import net from "node:net";
import { expect } from "vitest";
import {
  TCPServerSocket,
  TCPServerSocketEvent,
  TCPSocketErrorEvent,
} from "../../bindings/index.ts";
import { reports } from "./support/reports.ts";
import { turns } from "./support/signal.ts";
import { EVERYWHERE, inWorlds, LOOPBACK, NODE, type World } from "./support/world.ts";

function bare(world: World, port: number): TCPServerSocket {
  return new TCPServerSocket(port, world.options({}));
}

inWorlds(EVERYWHERE, (test) => {
  test("M111 M113: options and backlog may be left out, backlog -1 and 65535 work", async (world) => {
    for (const backlog of [undefined, 0, -1, 1, 65_535]) {
      const listening = world.listen({}, backlog);
      const client = world.open(listening.port);
      const served = await listening.accept();
      expect(served.socket.binaryType).toBe("string");
      await client.fired("open");
    }
  });

  test("M112 M115: localPort is known at once, 0 asks for any", async (world) => {
    const server = bare(world, 0);
    const { localPort } = server;
    expect(localPort).toBeGreaterThan(0);
    const other = bare(world, 0);
    expect(other.localPort).not.toBe(localPort);
    const attempt = bare.bind(null, world, localPort);
    server.close();
    other.close();
    await world.settled();
    expect(server.localPort, "stays").toBe(localPort);
    const again = attempt();
    expect(again.localPort).toBe(localPort);
    again.close();
  });

  test("M112: a port given as a string", async (world) => {
    const first = bare(world, 0);
    const { localPort } = first;
    first.close();
    await world.settled();
    const server = new TCPServerSocket(String(localPort), world.options({}));
    expect(server.localPort).toBe(localPort);
    server.close();
  });

  test("M115: a port that is taken throws at once, the cause comes a tick later", async (world) => {
    const { port } = world.listen();
    let error: unknown;
    try {
      bare(world, port);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(DOMException);
    expect((error as DOMException).name).toBe("NetworkError");
    await turns(3);
    expect((error as DOMException).cause).toMatchObject({ code: "EADDRINUSE" });
    // The failure has left nothing behind that could fire, and the first still listens.
    const client = world.open(port);
    await client.fired("open");
  });

  test("M116: connect is a TCPServerSocketEvent with the socket", async (world) => {
    const { server, port, accept } = world.listen();
    const events: TCPServerSocketEvent[] = [];
    let self: unknown;
    server.onconnect = function (event) {
      self = this;
      events.push(event);
    };
    world.open(port);
    const served = await accept();
    await world.settled();
    expect(events).toHaveLength(1);
    const [event] = events;
    expect(self).toBe(server);
    expect(event).toBeInstanceOf(TCPServerSocketEvent);
    expect(event?.socket).toBe(served.socket);
    const { type, target, bubbles, cancelable, isTrusted } = event as TCPServerSocketEvent;
    expect([type, bubbles, cancelable, isTrusted]).toEqual(["connect", false, false, true]);
    expect(target).toBe(server);
  });

  test("M117: without handler or listener a connection is closed", async (world) => {
    const server = bare(world, 0);
    const peer = await world.connect(server.localPort);
    await peer.until("the end", () => peer.events !== "");
    server.onconnect = () => {};
    server.onconnect = null;
    const other = await world.connect(server.localPort);
    await other.until("the end", () => other.events !== "");
    server.close();
  });

  test("M117 M6: a handler that throws is reported; the server goes on", async (world) => {
    const { server, port, accepted, accept } = world.listen();
    let first = true;
    server.onconnect = () => {
      if (!first) return;
      first = false;
      throw new Error("from connect");
    };
    const reported = await reports(1, async () => {
      world.open(port);
      await accept(1);
      await world.settled();
    });
    expect(reported).toEqual(["from connect"]);
    const client = world.open(port);
    await accept(2);
    await client.fired("open");
    client.socket.send("x");
    await accepted[1]?.got(1);
  });

  test("M118: one connect each, in the order of the connections", async (world) => {
    const { port, accepted, accept } = world.listen();
    const ports: number[] = [];
    for (let i = 1; i <= 5; i++) {
      const client = world.open(port);
      await client.fired("open");
      ports.push(client.socket.localPort);
      if (i % 2 === 0) await accept(i);
    }
    await accept(5);
    await world.settled();
    expect(accepted.map(({ socket }) => socket.port)).toEqual(ports);
  });

  test("M119 M121: close(): accepted sockets live on, later connections are refused, no event", async (world) => {
    const { server, port, accept } = world.listen();
    const events: string[] = [];
    for (const type of ["error", "close", "end", "open", "listening"]) {
      server.addEventListener(type, () => events.push(type));
    }
    const client = world.open(port);
    const served = await accept();
    await client.fired("open");
    server.close();
    server.close();
    expect(server.localPort).toBe(port);
    client.socket.send("there");
    served.socket.send("back");
    await Promise.all([served.got(5), client.got(4)]);
    const late = world.open(port);
    await late.fired("close");
    expect(late.types).toBe("error close");
    expect(late.error?.name).toBe("ConnectionRefusedError");
    expect(events).toEqual([]);
  });

  test("M122: connections not yet announced when close() is called never are", async (world) => {
    const { server, port, accepted, accept } = world.listen();
    server.onconnect = () => server.close();
    const clients = Array.from({ length: 4 }, () => world.open(port));
    await accept();
    await world.settled();
    expect(accepted).toHaveLength(1);
    const lost = clients.filter(({ socket }) => socket.localPort !== accepted[0]?.socket.port);
    expect(lost.length).toBeGreaterThanOrEqual(3);
    for (const client of lost) await client.fired("close");
    expect(accepted[0]?.socket.readyState).toBe("open");
  });

  test("M122: close() in the turn of construction: nobody is accepted", async (world) => {
    const { server, port, accepted } = world.listen();
    const client = world.open(port);
    server.close();
    await client.fired("close");
    await world.settled();
    expect(accepted).toHaveLength(0);
  });

  test("M121: localAddress is the listener's; with host it listens there only", async (world) => {
    const { server, accept } = world.listen({ host: world.address });
    await world.settled();
    expect(server.localPort).toBeGreaterThan(0);
    expect(server.localAddress).toBe(world.address);
    const client = world.open(server.localPort);
    await accept();
    await client.fired("open");
  });

  test("maxConnections: further connections are dropped, until one has gone", async (world) => {
    const { port, accepted, accept } = world.listen({ maxConnections: 1 });
    const first = await world.connect(port);
    await accept(1);
    const second = await world.connect(port);
    await second.until("the end", () => second.events !== "");
    expect(accepted).toHaveLength(1);
    first.wire.end();
    await accepted[0]?.fired("close");
    await world.settled();
    await world.connect(port);
    await accept(2);
  });
});

inWorlds(LOOPBACK, (test) => {
  test("M117: a closed connection leaves nothing in the engine", async (world) => {
    const server = bare(world, 0);
    const peer = await world.connect(server.localPort);
    await peer.until("the end", () => peer.events !== "");
    await world.settled();
    expect(world.engine?.stats.sockets, "the server itself").toBe(1);
    server.close();
    await world.settled();
    expect(world.engine?.stats.sockets).toBe(0);
  });
});

inWorlds(NODE, (test) => {
  test("M114: without host every interface is listened on", async (world) => {
    const { port, accept } = world.listen();
    const addresses = NODE.map(({ address }) => address);
    for (const [i, address] of addresses.entries()) {
      world.open(port, {}, address);
      const served = await accept(i + 1);
      expect(served.socket.host).toBe(address);
    }
  });

  test("M115b M120: with host it binds later; a conflict is an error event", async (world) => {
    const taken = net.createServer().listen(0, world.address);
    await new Promise((resume) => taken.once("listening", resume));
    const { port } = taken.address() as net.AddressInfo;
    const server = new TCPServerSocket(port, { host: world.address });
    expect(server.localPort).toBe(0);
    const event = await new Promise<TCPSocketErrorEvent>((resume) => {
      server.onerror = resume;
    });
    expect(event).toBeInstanceOf(TCPSocketErrorEvent);
    expect(event.target).toBe(server);
    expect(event.name).toBe("NetworkError");
    expect(event.message).toBe("Network");
    expect(event.error?.cause).toMatchObject({ code: "EADDRINUSE" });
    server.close();
    taken.close();
  });
});
