/** Callbacks of a handshake that answer late, twice or never, or close the socket themselves. */
import tls from "node:tls";
import { expect } from "vitest";
import type { TCPSocket } from "../../bindings/index.ts";
import { certificate, HOST } from "../support/certificates.ts";
import { latin1, text } from "./support/bytes.ts";
import { reports } from "./support/reports.ts";
import { failureOf, TIMED_OUT } from "./support/tls-failure.ts";
import { identity, tlsTest } from "./support/tls-world.ts";

type Done = (error: Error | null, context?: tls.SecureContext) => void;

tlsTest("SNICallback never answers: handshakeTimeout", async (world) => {
  const own = { ...(await identity()), SNICallback: () => {} };
  const options = { tls: own, handshakeTimeout: 100 };
  const server = world.listen({ ...options, useSecureTransport: true });
  const client = world.tlsPeer(server.port);
  await expect(client).rejects.toThrow();
  expect(server.accepted).toHaveLength(0);
  const [watch, peer] = await world.plainAccepted(options);
  const upgraded = watch.socket.upgradeToSecure();
  const { ca } = await certificate();
  peer.secureClient({ ca, servername: HOST }).catch(() => {});
  await watch.fired("close");
  expect(failureOf(watch)).toEqual(TIMED_OUT);
  await expect(upgraded).rejects.toBe(watch.error?.error);
});

tlsTest("SNICallback answers when the connection has gone, and a second time", async (world) => {
  const late: Done[] = [];
  const SNICallback = (_: string, done: Done): void => void late.push(done);
  const own = { ...(await identity()), SNICallback };
  const uncaught = await reports(0, async () => {
    const server = world.listen({ useSecureTransport: true, tls: own, handshakeTimeout: 100 });
    await expect(world.tlsPeer(server.port)).rejects.toThrow();
    const [watch, peer] = await world.plainAccepted({ tls: own, handshakeTimeout: 100 });
    watch.socket.upgradeToSecure();
    peer.secureClient({ servername: HOST }).catch(() => {});
    await watch.fired("close");
    expect(late).toHaveLength(2);
    const context = tls.createSecureContext(await identity());
    for (const done of late) {
      done(null, context);
      done(new Error("too late"));
    }
    await world.settled();
    expect(server.accepted).toHaveLength(0);
    expect(watch.types).toBe("error close");
  });
  expect(uncaught).toEqual([]);
});

tlsTest("SNICallback answers twice in time: the first counts", async (world) => {
  const SNICallback = (_: string, done: Done): void => {
    done(null);
    done(null);
  };
  const server = world.listen({
    useSecureTransport: true,
    tls: { ...(await identity()), SNICallback },
  });
  const uncaught = await reports(0, async () => {
    const peer = await world.tlsPeer(server.port);
    peer.wire.write(latin1("hello"));
    expect(text(await (await server.accept()).got(5))).toBe("hello");
  });
  expect(uncaught).toEqual([]);
});

tlsTest("SNICallback closes the server: the handshake that asked goes with it", async (world) => {
  const SNICallback = (_: string, done: Done): void => {
    server.server.close();
    done(null);
  };
  const server = world.listen({
    useSecureTransport: true,
    tls: { ...(await identity()), SNICallback },
  });
  await world.tlsPeer(server.port).then(
    (peer) => peer.until("the end", () => peer.events !== ""),
    () => {},
  );
  expect(server.accepted).toHaveLength(0);
});

for (const way of ["closeImmediately", "close"] as const) {
  tlsTest(`M29: ${way}() in checkServerIdentity, from the first byte`, async (world) => {
    const { port, accept } = await world.tlsPeers();
    let socket: TCPSocket | undefined;
    const checkServerIdentity = (): undefined => socket?.[way]() as undefined;
    const client = await world.openSecure(port, { checkServerIdentity }, HOST);
    socket = client.socket;
    const peer = accept();
    await client.fired("close");
    await world.settled();
    expect(client.types).toBe("close");
    peer.catch(() => {});
  });

  tlsTest(`M106: ${way}() in checkServerIdentity, of an upgrade`, async (world) => {
    const { ca } = await certificate();
    const [client, peer] = await world.plain({}, HOST);
    const checkServerIdentity = (): undefined => client.socket[way]() as undefined;
    const upgraded = client.socket.upgradeToSecure({ ca, checkServerIdentity });
    const settled = upgraded.then(
      () => "resolved",
      () => "rejected",
    );
    client.socket.send("last");
    const secured = peer.secureServer(identity());
    await client.fired("close");
    expect(client.types).toBe("open close");
    if (way === "closeImmediately") {
      expect(await settled).toBe("rejected");
      return;
    }
    expect(text(await (await secured).got(4))).toBe("last");
    expect(await settled).toBe("resolved");
  });
}
