/** upgradeToSecure() called inside handlers, and what may stand around it there. */
import { describe, expect } from "vitest";
import { framing, type TCPServerSocketEvent, type TCPSocket } from "../../bindings/index.ts";
import { certificate, HOST } from "../support/certificates.ts";
import { latin1, pattern, text } from "./support/bytes.ts";
import { type Both, ROLES } from "./support/tls-roles.ts";
import { identity, tlsTest } from "./support/tls-world.ts";
import { Watch } from "./support/watch.ts";

const LINES: Both = { framing: framing.lines({ eol: "\n" }) };

describe.each(ROLES)("%s: inside", (_, role) => {
  for (const [name, options] of [
    ["without framing", {}],
    ["with framing", LINES],
  ] as const) {
    tlsTest(`data, ${name}, and data under TLS after it`, async (world) => {
      const [watch, peer] = await role.pair(world, options);
      const { socket } = watch;
      const upgraded = new Promise<void>((resolve, reject) => {
        socket.ondata = () => {
          socket.ondata = null;
          role.upgrade(socket).then(resolve, reject);
          socket.send("right behind");
        };
      });
      const secured = await role.secure(peer, "go\n");
      await secured.got(12);
      await upgraded;
      secured.wire.write(latin1("an answer\n"));
      await watch.until("the answer", () => text(watch.bytes).includes("an answer"));
      expect(text(secured.bytes).trimEnd()).toBe("right behind");
    });
  }

  tlsTest("data: setFraming() for what comes under TLS, in the same handler", async (world) => {
    const [watch, peer] = await role.pair(world, LINES);
    const { socket } = watch;
    const upgraded = new Promise<void>((resolve, reject) => {
      socket.ondata = () => {
        socket.ondata = null;
        socket.setFraming(framing.netstring());
        role.upgrade(socket).then(resolve, reject);
      };
    });
    peer.socket.setNoDelay(true);
    const secured = await role.secure(peer, "go\n");
    await upgraded;
    secured.wire.write(latin1("3:abc,0:,1:\n,"));
    await watch.until("three messages", () => watch.chunks.length === 4);
    expect(watch.chunks).toEqual(["go", "abc", "", "\n"]);
  });

  tlsTest("drain", async (world) => {
    const [watch, peer] = await role.pair(world);
    const { socket } = watch;
    const upgraded = new Promise<void>((resolve, reject) => {
      socket.ondrain = () => {
        socket.ondrain = null;
        socket.upgradeToSecure().then(resolve, reject);
      };
    });
    const large = pattern(100_000);
    peer.wire.pause();
    socket.send(large);
    await watch.fired("drain");
    const [, secured] = await role.secureBehind(peer, large.length);
    await upgraded;
    socket.send("under TLS");
    expect(text(await secured.got(9))).toBe("under TLS");
  });

  tlsTest("messages: suspend() and upgrade, settled together", async (world) => {
    const [watch, peer] = await role.pair(world, LINES);
    const { socket } = watch;
    const heard: string[] = [];
    const upgraded = new Promise<void>((resolve, reject) => {
      socket.onmessages = ({ data: batch }) => {
        for (const message of batch) heard.push(text(message));
        if (heard.length > 1) return;
        batch.stopAfter(0);
        socket.suspend();
        role.upgrade(socket).then(resolve, reject);
      };
    });
    const secured = await role.secure(peer, "go\n");
    await upgraded;
    secured.wire.write(latin1("held\n"));
    await world.settled();
    expect(heard).toEqual(["go"]);
    socket.resume();
    while (heard.length < 2) await world.settled();
    expect(heard).toEqual(["go", "held"]);
  });
});

tlsTest("inside open", async (world) => {
  const { ca } = await certificate();
  const listening = await world.plainPeers();
  const client = world.open(listening.port, { tls: { ca } }, HOST);
  const upgraded = new Promise<void>((resolve, reject) => {
    client.socket.onopen = () => client.socket.upgradeToSecure().then(resolve, reject);
  });
  const peer = await listening.accept();
  await peer.secureServer(identity());
  await upgraded;
  expect(client.types).toBe("open");
});

tlsTest("M109: inside connect, before anything was said", async (world) => {
  const { server, port } = world.listen({ tls: await identity() });
  const accepted = new Promise<[TCPSocket, Promise<void>]>((resolve) => {
    server.addEventListener("connect", (event) => {
      const { socket } = event as TCPServerSocketEvent;
      if (socket) resolve([socket, socket.upgradeToSecure()]);
    });
  });
  const peer = await world.tlsPeer(port);
  const [socket, upgraded] = await accepted;
  await upgraded;
  const watch = new Watch(socket);
  peer.wire.write(latin1("hello"));
  expect(text(await watch.got(5))).toBe("hello");
});

tlsTest("in the promise of the upgrade: sends and closes", async (world) => {
  const [client, peer] = await world.plain({}, HOST);
  const done = client.socket.upgradeToSecure().then(() => {
    client.socket.send("bye");
    client.socket.close();
  });
  const secured = await peer.secureServer(identity());
  await done;
  await secured.fired("end");
  expect(text(secured.bytes)).toBe("bye");
  await client.fired("close");
  expect(client.types).toBe("open close");
});
