/** Chapter 13 of Mozilla's API: upgradeToSecure() of a client, when it may be called and what it does. */
import { describe, expect } from "vitest";
import { certificate, HOST } from "../support/certificates.ts";
import { latin1, text } from "./support/bytes.ts";
import { thrown } from "./support/thrown.ts";
import { failureOf } from "./support/tls-failure.ts";
import { ADDRESS, identity, tlsTest } from "./support/tls-world.ts";

describe("M102: when it may be called", () => {
  tlsTest("M102: connecting, closing, closed: InvalidStateError, thrown", async (world) => {
    const { port, accept } = await world.plainPeers();
    const client = world.open(port);
    const refused = (): void => {
      const error = thrown(() => client.socket.upgradeToSecure());
      expect(error).toBeInstanceOf(DOMException);
      expect(error?.name).toBe("InvalidStateError");
      expect(client.socket.ssl).toBe(false);
    };
    refused();
    await client.fired("open");
    const peer = await accept();
    client.socket.send("x");
    client.socket.close();
    expect(client.socket.readyState).toBe("closing");
    refused();
    await client.fired("close");
    refused();
    await peer.fired("end");
    expect(client.types, "as if it had not been called").toBe("open close");
    expect(text(peer.bytes)).toBe("x");
  });

  tlsTest("M102: after halfClose(): InvalidStateError", async (world) => {
    const [client, peer] = await world.plain();
    client.socket.halfClose();
    const error = thrown(() => client.socket.upgradeToSecure());
    expect(error?.name).toBe("InvalidStateError");
    expect(client.socket.ssl).toBe(false);
    await peer.fired("end");
    peer.wire.write(latin1("still plain"));
    await client.got(11);
  });

  tlsTest("M102: while upgrading and when secure: nothing happens", async (world) => {
    const [client, peer] = await world.plain({}, HOST);
    const { socket } = client;
    const upgraded = socket.upgradeToSecure();
    const again = socket.upgradeToSecure();
    const secured = await peer.secureServer(identity());
    await Promise.all([upgraded, again]);
    await socket.upgradeToSecure();
    await socket.upgradeToSecure({ servername: "mail.test" });
    socket.send("data");
    expect(await secured.got(4)).toEqual(latin1("data"));
    expect(client.types).toBe("open");
  });

  tlsTest("M102: secure from the first byte: nothing happens", async (world) => {
    const { port, accept } = await world.tlsPeers();
    const client = await world.openSecure(port, {}, HOST);
    await client.fired("open");
    await client.socket.upgradeToSecure();
    client.socket.send("data");
    expect(await (await accept()).got(4)).toEqual(latin1("data"));
    expect(client.types).toBe("open");
  });
});

tlsTest("M103 M105: ssl is true at once; nothing but the promise tells the end", async (world) => {
  const [client, peer] = await world.plain({}, HOST);
  const { socket } = client;
  expect(socket.ssl).toBe(false);
  const upgraded = socket.upgradeToSecure();
  expect(socket.ssl).toBe(true);
  expect(socket.readyState).toBe("open");
  expect(socket.tlsInfo).toBeNull();
  await peer.got(1);
  await world.settled();
  expect(socket.tlsInfo, "not verified yet").toBeNull();
  peer.wire.destroy();
  await client.fired("close");
  await expect(upgraded).rejects.toBe(client.error?.error);
});

tlsTest("M105: data in both directions after the promise, in order", async (world) => {
  const [client, peer] = await world.plain({}, HOST);
  const upgraded = client.socket.upgradeToSecure();
  const secured = await peer.secureServer(identity());
  secured.wire.write(latin1("at once, "));
  expect(await upgraded).toBeUndefined();
  expect(client.socket.tlsInfo).toMatchObject({ protocol: "TLSv1.3" });
  expect(client.socket.readyState).toBe("open");
  secured.wire.write(latin1("and later"));
  client.socket.send("and back");
  expect(text(await client.got(18))).toBe("at once, and later");
  expect(text(await secured.got(8))).toBe("and back");
  client.socket.close();
  await secured.fired("end");
  await client.fired("close");
  expect(client.types).toBe("open data close");
});

tlsTest("M105: a failed upgrade that nobody asked about: error, close, no more", async (world) => {
  const [client, peer] = await world.plain({}, "mail.test");
  void client.socket.upgradeToSecure(); // a rejection nobody handles would fail the run
  peer.secureServer(identity());
  await client.fired("close");
  await world.settled();
  expect(failureOf(client)[0]).toBe("SecurityCertificateDomainMismatchError");
  expect(client.types).toBe("open error close");
});

tlsTest("M105: the promise is rejected before error, and error before close", async (world) => {
  const [client, peer] = await world.plain({}, "mail.test");
  const order: string[] = [];
  const upgraded = client.socket.upgradeToSecure();
  const rejected = upgraded.catch(() => order.push("rejected"));
  client.socket.onerror = () => order.push("error");
  client.socket.onclose = () => order.push("close");
  peer.secureServer(identity());
  await client.fired("close");
  await rejected;
  expect(order.filter((name) => name !== "rejected")).toEqual(["error", "close"]);
  expect(order).toContain("rejected");
});

tlsTest("M102: without options the constructor's count, with options these", async (world) => {
  const { cert: stranger } = await certificate("selfSigned");
  const { ca } = await certificate();
  for (const [own, given] of [
    [{ ca }, undefined],
    [{ ca: stranger }, { ca }],
  ] as const) {
    const [client, peer] = await world.plain({ tls: own }, HOST);
    const upgraded = client.socket.upgradeToSecure(given);
    peer.secureServer(identity());
    await upgraded;
  }
  const [client, peer] = await world.plain({ tls: { ca } }, HOST);
  const upgraded = client.socket.upgradeToSecure({ ca: stranger });
  peer.secureServer(identity());
  await expect(upgraded).rejects.toThrow();
});

tlsTest("M21: an upgrade checks the host that was opened, never localhost", async (world) => {
  const [client, peer] = await world.plain({}, "mail.example");
  const upgraded = client.socket.upgradeToSecure();
  peer.secureServer(identity(certificate("nameOnly")));
  await expect(upgraded).rejects.toMatchObject({
    name: "SecurityCertificateDomainMismatchError",
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
  });
  await client.fired("close");
  const [other, otherPeer] = await world.plain({}, ADDRESS);
  const otherUpgraded = other.socket.upgradeToSecure();
  otherPeer.secureServer(identity(certificate("nameOnly")));
  await expect(otherUpgraded).rejects.toThrow();
});
