/** M109: what fails when an accepted socket upgrades, and what it is called on this side. */
import { describe, expect } from "vitest";
import type { ServerSocketOptions } from "../../bindings/index.ts";
import { certificate, HOST } from "../support/certificates.ts";
import { latin1, text } from "./support/bytes.ts";
import {
  causeOf,
  failureOf,
  INTERRUPTED,
  NO_CERTIFICATE,
  OLD_VERSION,
  TIMED_OUT,
  UNTRUSTED,
} from "./support/tls-failure.ts";
import type { PlainPeer, TlsPeer } from "./support/tls-peer.ts";
import { identity, type TlsWorld, tlsTest } from "./support/tls-world.ts";
import type { Watch } from "./support/watch.ts";

async function secureClient(peer: PlainPeer, more: object = {}): Promise<TlsPeer> {
  const { ca } = await certificate();
  return peer.secureClient({ ca, servername: HOST, ...more });
}

/** An accepted socket that upgrades, and a client that does: how both fare. */
async function upgraded(
  world: TlsWorld,
  options: ServerSocketOptions,
  client?: object,
): Promise<[Watch, Promise<void>, Promise<TlsPeer>]> {
  const [watch, peer] = await world.plainAccepted(options);
  const promise = watch.socket.upgradeToSecure();
  const secured = secureClient(peer, client);
  secured.catch(() => {});
  return [watch, promise, secured];
}

describe("M60: what fails on this side", () => {
  const REQUIRED = { requestCert: true, rejectUnauthorized: true };

  tlsTest("M57: the client has no certificate", async (world) => {
    const { ca } = await certificate();
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      const tls = { ...(await identity()), ca, ...REQUIRED, maxVersion };
      const [watch, promise] = await upgraded(world, { tls });
      await watch.fired("close");
      expect(failureOf(watch)).toEqual(NO_CERTIFICATE);
      expect(watch.types).toBe("error close");
      await expect(promise).rejects.toBe(watch.error?.error);
    }
  });

  tlsTest("M56: the client's certificate is a stranger's", async (world) => {
    const { ca } = await certificate();
    const tls = { ...(await identity()), ca, ...REQUIRED };
    const client = await identity(certificate("unknownClient"));
    const [watch, promise] = await upgraded(world, { tls }, client);
    await watch.fired("close");
    expect(failureOf(watch)).toEqual(UNTRUSTED);
    expect(causeOf(watch)).toMatchObject({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    await expect(promise).rejects.toBe(watch.error?.error);
  });

  tlsTest("the client speaks old versions only", async (world) => {
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" };
    const [watch, promise] = await upgraded(world, {}, old);
    await watch.fired("close");
    expect(failureOf(watch)).toEqual(OLD_VERSION);
    await expect(promise).rejects.toBe(watch.error?.error);
  });

  tlsTest("the client does not trust us", async (world) => {
    const refusing = { servername: "mail.test" };
    const [watch, , secured] = await upgraded(world, {}, refusing);
    await expect(secured).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    await watch.fired("close"); // when it says so depends on the version
    expect(watch.types).toMatch(/^(error )?close$/);
    expect(watch.received).toBe(0);
  });

  tlsTest("the client ends instead of a handshake", async (world) => {
    const [watch, peer] = await world.plainAccepted();
    const promise = watch.socket.upgradeToSecure();
    peer.wire.end();
    await watch.fired("close");
    expect(failureOf(watch)).toEqual(INTERRUPTED);
    await expect(promise).rejects.toBe(watch.error?.error);
  });

  tlsTest("the client resets instead of a handshake", async (world) => {
    const [watch, peer] = await world.plainAccepted();
    const promise = watch.socket.upgradeToSecure();
    peer.wire.reset();
    await watch.fired("close");
    expect(failureOf(watch)[1]).toBe("Network");
    await expect(promise).rejects.toBe(watch.error?.error);
  });

  tlsTest("the client says nothing: handshakeTimeout", async (world) => {
    const [watch, peer] = await world.plainAccepted({ handshakeTimeout: 50 });
    const promise = watch.socket.upgradeToSecure();
    await watch.fired("close");
    expect(failureOf(watch)).toEqual(TIMED_OUT);
    await expect(promise).rejects.toBe(watch.error?.error);
    await peer.until("the end", () => peer.events !== "");
  });

  tlsTest("handshakeTimeout does not count before an upgrade, nor after it", async (world) => {
    const { port, accept } = world.listen({ tls: await identity(), handshakeTimeout: 500 });
    let count = 0;
    const connected = async (): Promise<[Watch, PlainPeer]> => {
      const peer = await world.plainPeer(port);
      count += 1;
      return [await accept(count), peer];
    };
    /** So long it takes until one that begins now is timed out. */
    const timedOut = async (): Promise<void> => {
      const [silent] = await connected();
      void silent.socket.upgradeToSecure();
      await silent.fired("close");
    };
    const [watch, peer] = await connected();
    await timedOut();
    const promise = watch.socket.upgradeToSecure();
    const secured = await secureClient(peer);
    await promise;
    await timedOut();
    secured.wire.write(latin1("still here"));
    expect(text(await watch.got(10))).toBe("still here");
    expect(watch.types).toBe("data");
  });
});
