/** Closing, failing and suspending while an upgrade is under way, and the end of a secured socket. */
import { describe, expect } from "vitest";
import { HOST } from "../support/certificates.ts";
import { difference, latin1, pattern, text } from "./support/bytes.ts";
import { causeOf, failureOf, INTERRUPTED } from "./support/tls-failure.ts";
import { identity, tlsTest } from "./support/tls-world.ts";

const LARGE = 3_000_000;

describe("M106: close() while the upgrade is under way", () => {
  tlsTest("M106: it upgrades, sends what waits under TLS, then closes", async (world) => {
    const [client, peer] = await world.plain({}, HOST);
    const { socket } = client;
    const upgraded = socket.upgradeToSecure();
    socket.send(pattern(LARGE));
    socket.close();
    expect(socket.readyState).toBe("closing");
    expect(() => socket.send("more")).toThrow(DOMException);
    const secured = await peer.secureServer(identity());
    expect(difference(await secured.got(LARGE), pattern(LARGE))).toBeNull();
    await secured.fired("end");
    await client.fired("close");
    await upgraded;
    expect(client.types).toBe("open drain close");
    expect(secured.events).not.toContain("error");
  });

  tlsTest("M106: with plaintext that must leave first", async (world) => {
    const [client, peer] = await world.plain({}, HOST);
    const { socket } = client;
    peer.wire.pause();
    socket.send(pattern(world.plenty));
    const upgraded = socket.upgradeToSecure();
    socket.send("secret");
    socket.close();
    await world.settled();
    expect(client.types).toBe("open");
    peer.wire.resume();
    await peer.got(world.plenty + 6);
    await world.settled();
    expect(difference(peer.bytes.slice(0, world.plenty), pattern(world.plenty))).toBeNull();
    expect(peer.bytes[world.plenty], "a ClientHello").toBe(22);
    expect(client.types, "the secret has not been sent").toBe("open");
    expect(socket.readyState).toBe("closing");
    peer.wire.reset();
    await expect(upgraded).rejects.toThrow();
    await client.fired("close");
    expect(client.types).toBe("open error close");
  });

  tlsTest("M106: with nothing to send", async (world) => {
    const [client, peer] = await world.plain({}, HOST);
    const upgraded = client.socket.upgradeToSecure();
    client.socket.close();
    const secured = await peer.secureServer(identity());
    await secured.fired("end");
    await client.fired("close");
    await upgraded;
    expect(client.types).toBe("open close");
  });

  tlsTest("M106: the handshake fails: nothing is sent, error and close", async (world) => {
    const [client, peer] = await world.plain({}, "mail.test");
    const upgraded = client.socket.upgradeToSecure();
    client.socket.send("secret");
    client.socket.close();
    const secured = peer.secureServer(identity());
    await client.fired("close");
    await expect(upgraded).rejects.toBe(client.error?.error);
    expect(failureOf(client)[0]).toBe("SecurityCertificateDomainMismatchError");
    const got = await secured.then(
      (tls) => tls.received,
      () => 0,
    );
    expect(got).toBe(0);
  });
});

tlsTest(
  "M89: closeImmediately() while upgrading: only close; the promise rejects",
  async (world) => {
    const [client, peer] = await world.plain({}, HOST);
    const upgraded = client.socket.upgradeToSecure();
    client.socket.send("secret");
    await peer.got(1);
    client.socket.closeImmediately();
    await client.fired("close");
    await expect(upgraded).rejects.toThrow();
    expect(client.types).toBe("open close");
    expect(client.socket.bufferedAmount).toBe(0);
  },
);

tlsTest(
  "aborting the signal while upgrading: only close, rejected with the reason",
  async (world) => {
    const controller = new AbortController();
    const [client, peer] = await world.plain({ signal: controller.signal }, HOST);
    const upgraded = client.socket.upgradeToSecure();
    await peer.got(1);
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(upgraded).rejects.toBe(reason);
    await client.fired("close");
    expect(client.types).toBe("open close");
  },
);

tlsTest("M60: the peer goes while plaintext waits to leave", async (world) => {
  const [client, peer] = await world.plain({}, HOST);
  peer.wire.pause();
  client.socket.send(pattern(world.plenty));
  const upgraded = client.socket.upgradeToSecure();
  await world.settled();
  peer.wire.reset();
  await client.fired("close");
  await expect(upgraded).rejects.toBe(client.error?.error);
  expect(failureOf(client)[1]).toBe("Network");
});

tlsTest("M60: FIN while plaintext waits to leave: no handshake will be", async (world) => {
  const [client, peer] = await world.plain({}, HOST);
  const upgraded = client.socket.upgradeToSecure();
  client.socket.send("secret");
  peer.wire.end();
  await client.fired("close");
  await expect(upgraded).rejects.toBe(client.error?.error);
  expect(failureOf(client)).toEqual(INTERRUPTED);
  expect(text(peer.bytes)).not.toContain("secret");
});

describe("the end of a secured socket", () => {
  tlsTest("M92c: RST under TLS: NetworkError", async (world) => {
    const [client, peer] = await world.plain({}, HOST);
    const upgraded = client.socket.upgradeToSecure();
    await peer.secureServer(identity());
    await upgraded;
    peer.wire.reset();
    await client.fired("close");
    expect(failureOf(client)).toEqual(["NetworkError", "Network", 0x804b0014]);
    expect(causeOf(client)).toMatchObject({ code: "ECONNRESET" });
  });

  tlsTest("halfClose() and allowHalfOpen under TLS", async (world) => {
    const [client, peer] = await world.plain({ allowHalfOpen: true }, HOST);
    const upgraded = client.socket.upgradeToSecure();
    const secured = await peer.secureServer(identity());
    await upgraded;
    client.socket.send("question");
    client.socket.halfClose();
    await secured.fired("end");
    expect(text(secured.bytes)).toBe("question");
    secured.wire.write(latin1("answer"));
    secured.wire.end();
    await client.fired("close");
    expect(text(client.bytes)).toBe("answer");
    expect(client.types).toBe("open data end close");
  });
});
