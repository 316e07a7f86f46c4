/**
 * M107: plaintext that comes after upgradeToSecure() was called, and what is no injection: data
 * delivered before, data under TLS, the same bytes without framing.
 */
import { once } from "node:events";
import { describe, expect } from "vitest";
import { framing, TCPServerSocket, TCPSocket, TCPSocketError } from "../../bindings/index.ts";
import { certificate, HOST } from "../support/certificates.ts";
import { latin1, pattern, text } from "./support/bytes.ts";
import { expectGuarded } from "./support/tls-failure.ts";
import { type Both, ROLES } from "./support/tls-roles.ts";
import { identity, tlsTest } from "./support/tls-world.ts";

const LINES: Both = { framing: framing.lines({ eol: "\n" }) };

describe.each(ROLES)("M107: %s", (_, role) => {
  tlsTest("M107: a segment that comes while plaintext waits to leave", async (world) => {
    const [watch, peer] = await role.pair(world);
    const { socket } = watch;
    peer.wire.pause();
    socket.send(pattern(world.plenty));
    await world.settled();
    expect(socket.bufferedAmount).toBeGreaterThan(0);
    const upgraded = socket.upgradeToSecure();
    peer.wire.write(latin1("injected\n"));
    await world.settled();
    peer.wire.resume();
    await watch.fired("close");
    expectGuarded(watch);
    await expect(upgraded).rejects.toBe(watch.error?.error);
    expect(role.types(watch)).toMatch(/^(drain )?error close$/);
  });

  tlsTest("M107: a segment that TLS reads: no handshake, nothing delivered", async (world) => {
    const [watch, peer] = await role.pair(world, LINES);
    const upgraded = role.upgrade(watch.socket);
    await peer.got(1);
    peer.wire.write(latin1("injected\nand more of it\n"));
    await watch.fired("close");
    expectGuarded(watch);
    await expect(upgraded).rejects.toBe(watch.error?.error);
    expect(role.types(watch)).toBe("error close");
  });

  tlsTest("M107: what was delivered before is none", async (world) => {
    const [watch, peer] = await role.pair(world, LINES);
    peer.wire.write(latin1("one\ntwo\nthree\n"));
    await watch.got(11);
    const upgraded = role.upgrade(watch.socket);
    await role.secure(peer, "");
    await upgraded;
    expect(watch.chunks).toEqual(["one", "two", "three"]);
  });

  tlsTest("M107: the framing starts afresh under TLS", async (world) => {
    const [watch, peer] = await role.pair(world, LINES);
    peer.wire.write(latin1("plain\n"));
    await watch.got(5);
    const upgraded = role.upgrade(watch.socket);
    const secured = await role.secure(peer, "");
    await upgraded;
    secured.wire.write(latin1("sec"));
    secured.wire.write(latin1("ret\nmore\n"));
    await watch.got(5 + 6 + 4);
    expect(watch.chunks).toEqual(["plain", "secret", "more"]);
  });

  tlsTest("M107: without framing, one data event is the app's to look at", async (world) => {
    const [watch, peer] = await role.pair(world);
    let upgraded: Promise<void> | undefined;
    watch.socket.ondata = () => {
      watch.socket.ondata = null;
      upgraded = role.upgrade(watch.socket);
    };
    await role.secure(peer, "go\nthe app sees this\n");
    await upgraded;
    expect(text(watch.bytes)).toBe("go\nthe app sees this\n");
  });
});

tlsTest(
  "M107: what came before an iterator got it: it throws, and gives none of it",
  async (world) => {
    const { ca } = await certificate();
    const listening = await world.plainPeers();
    const socket = new TCPSocket("127.0.0.1", listening.port, { ...LINES, tls: { ca } });
    const opened = socket.opened;
    const peer = await listening.accept();
    await opened;
    const got: unknown[] = [];
    let upgraded: Promise<void> | undefined;
    const run = async (): Promise<void> => {
      for await (const line of socket) {
        got.push(line);
        upgraded = socket.upgradeToSecure();
      }
    };
    peer.wire.write(latin1("go\ninjected\n"));
    const error = await run().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(TCPSocketError);
    expect(error).toMatchObject({ name: "SecurityError" });
    expect(got).toEqual(["go"]);
    await expect(upgraded).rejects.toBe(error);
  },
);

tlsTest("M107: a server's iterator, whose sockets keep what came early", async (world) => {
  const server = new TCPServerSocket(0, { ...LINES, tls: await identity() });
  const connections = server[Symbol.asyncIterator]();
  const peer = await world.plainPeer(server.localPort);
  peer.wire.write(latin1("injected\n"));
  const { value: socket } = (await connections.next()) as { value: TCPSocket };
  await world.settled();
  let heard = 0;
  const upgraded = socket.upgradeToSecure();
  socket.ondata = () => heard++;
  await expect(upgraded).rejects.toMatchObject({ name: "SecurityError" });
  expect(heard).toBe(0);
  server.close();
});

tlsTest("an iterator goes on under TLS", async (world) => {
  const { ca } = await certificate();
  const listening = await world.plainPeers();
  const socket = new TCPSocket(HOST, listening.port, { ...LINES, tls: { ca } });
  const opened = socket.opened;
  const peer = await listening.accept();
  await opened;
  const lines = socket[Symbol.asyncIterator]();
  peer.wire.write(latin1("go\n"));
  expect(await lines.next()).toEqual({ value: "go", done: false });
  const upgraded = socket.upgradeToSecure();
  const secured = await peer.secureServer(identity());
  await upgraded;
  secured.wire.write(latin1("one\ntwo\n"));
  expect(await lines.next()).toEqual({ value: "one", done: false });
  expect(await lines.next()).toEqual({ value: "two", done: false });
  secured.wire.end();
  expect(await lines.next()).toMatchObject({ done: true });
  if (peer.socket.readyState !== "closed") await once(peer.socket, "close");
});
