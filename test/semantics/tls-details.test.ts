/** Small things that decide much: what counts as switched off, close_notify, ciphers, no certificate. */
import tls from "node:tls";
import { describe, expect } from "vitest";
import { certificate, HOST } from "../support/certificates.ts";
import { latin1, pattern } from "./support/bytes.ts";
import { thrown } from "./support/thrown.ts";
import { EXPIRED, failureOf, NO_CERTIFICATE, WRONG_NAME } from "./support/tls-failure.ts";
import { TlsRelay } from "./support/tls-relay.ts";
import { ADDRESS, identity, tlsTest } from "./support/tls-world.ts";

const ALERT = 21;

describe("rejectUnauthorized: only false is off, whatever the environment says", () => {
  /** The variable as a program may set it for its own requests. */
  async function unverified<T>(body: () => Promise<T>): Promise<T> {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      return await body();
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  }

  for (const options of [{}, { rejectUnauthorized: undefined }, { rejectUnauthorized: true }]) {
    tlsTest(`a server's certificate, with ${Object.entries(options)}`, async (world) => {
      await unverified(async () => {
        const { port } = await world.tlsPeers(await identity(certificate("expired")));
        const client = await world.openSecure(port, options, HOST);
        await client.fired("close");
        expect(failureOf(client)).toEqual(EXPIRED);
        const { ca } = await certificate();
        const [plain, peer] = await world.plain({}, "mail.test");
        const upgraded = plain.socket.upgradeToSecure({ ca, ...options });
        peer.secureServer(identity());
        await expect(upgraded).rejects.toMatchObject({ name: WRONG_NAME[0] });
      });
    });

    tlsTest(`M57: a client's certificate, with ${Object.entries(options)}`, async (world) => {
      await unverified(async () => {
        const { ca } = await certificate();
        const own = { ...(await identity()), ca, requestCert: true, ...options };
        const server = world.listen({ useSecureTransport: true, tls: own });
        const client = await world.openSecure(server.port, {}, HOST);
        await client.fired("close");
        expect(server.accepted).toHaveLength(0);
        const [watch, peer] = await world.plainAccepted({ tls: own });
        const upgraded = watch.socket.upgradeToSecure();
        peer.secureClient({ ca, servername: HOST }).catch(() => {});
        await watch.fired("close");
        expect(failureOf(watch)).toEqual(NO_CERTIFICATE);
        await expect(upgraded).rejects.toBe(watch.error?.error);
      });
    });
  }
});

tlsTest("M105: what a server that is refused has said already is not delivered", async (world) => {
  const [client, peer] = await world.plain({}, "mail.test");
  const upgraded = client.socket.upgradeToSecure();
  const secured = peer.secureServer(identity());
  secured.then(
    ({ wire }) => wire.write(pattern(1000)),
    () => {},
  );
  await client.fired("close");
  await expect(upgraded).rejects.toBe(client.error?.error);
  expect(client.types).toBe("open error close");
});

for (const way of ["close", "halfClose"] as const) {
  tlsTest(`M87: ${way}() says close_notify before its FIN`, async (world) => {
    const { port, accept } = await world.tlsPeers({ maxVersion: "TLSv1.2" });
    const relay = await TlsRelay.to(port, () => (available) => available);
    const client = await world.openSecure(relay.port, {}, HOST);
    await client.fired("open");
    client.socket.send(pattern(100_000));
    client.socket[way]();
    const peer = await accept();
    await peer.fired("end");
    const types = recordTypes(relay.fromClient.bytes);
    expect(types.at(-1)).toBe(ALERT);
    relay.close();
  });
}

/** The content types of the records in a stream, which must end with a whole one. */
function recordTypes(bytes: Uint8Array): number[] {
  const types: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    types.push(bytes[at] as number);
    at += 5 + ((bytes[at + 3] as number) << 8) + (bytes[at + 4] as number);
  }
  expect(at).toBe(bytes.length);
  return types;
}

describe("ciphers", () => {
  const CHACHA = "ECDHE-ECDSA-CHACHA20-POLY1305";
  const AES = "ECDHE-ECDSA-AES256-GCM-SHA384";

  tlsTest("the one in common is used, and told", async (world) => {
    const { port } = await world.tlsPeers({ maxVersion: "TLSv1.2" });
    const client = await world.openSecure(port, { ciphers: CHACHA }, HOST);
    await client.fired("open");
    expect(JSON.stringify(client.socket.tlsInfo?.cipher)).toContain(CHACHA);
  });

  tlsTest("M57: none in common: SecurityError", async (world) => {
    const { port } = await world.tlsPeers({ maxVersion: "TLSv1.2", ciphers: AES });
    const client = await world.openSecure(port, { ciphers: CHACHA }, HOST);
    await client.fired("close");
    expect(failureOf(client).slice(0, 2)).toEqual(["SecurityError", "SecurityProtocol"]);
  });
});

tlsTest("a listener that has SNICallback only: names it knows come through", async (world) => {
  const mail = tls.createSecureContext(await identity(certificate("mail")));
  const SNICallback = (
    name: string,
    done: (error: Error | null, context?: tls.SecureContext) => void,
  ): void => done(null, name === "mail.test" ? mail : undefined);
  const server = world.listen({ useSecureTransport: true, tls: { SNICallback } });
  for (const host of [HOST, ADDRESS]) {
    const unknown = await world.openSecure(server.port, {}, host);
    await unknown.fired("close");
    expect(unknown.types).toBe("error close");
  }
  const known = await world.openSecure(server.port, {}, "mail.test");
  await known.fired("open");
  await server.accept();
});

describe("M102: an upgrade that comes too late", () => {
  tlsTest("M102: in error, in close: InvalidStateError", async (world) => {
    const [client, peer] = await world.plain();
    const names: unknown[] = [];
    const upgrade = (): void => {
      names.push(thrown(() => client.socket.upgradeToSecure())?.name);
    };
    client.socket.onerror = upgrade;
    client.socket.onclose = upgrade;
    peer.wire.reset();
    await client.fired("close");
    expect(names).toEqual(["InvalidStateError", "InvalidStateError"]);
    expect(client.socket.ssl).toBe(false);
  });

  tlsTest("the peer has ended: thrown, or refused, never taken for secure", async (world) => {
    const [client, peer] = await world.plain({ allowHalfOpen: true });
    peer.wire.end();
    await client.fired("end");
    const outcome = await new Promise<unknown>((resolve) => {
      try {
        client.socket.upgradeToSecure().then(() => resolve("secure"), resolve);
      } catch (error) {
        resolve(error);
      }
    });
    expect((outcome as Error).name).toMatch(/^(InvalidStateError|NetworkInterruptError)$/);
    client.socket.closeImmediately();
    await client.fired("close");
    expect(peer.received).toBe(0);
  });
});

tlsTest("M103 M109: a listener's tls is each socket's, and nothing is shared", async (world) => {
  const own = await identity();
  const server = world.listen({ tls: own });
  const peers = [await world.plainPeer(server.port), await world.plainPeer(server.port)];
  const [first, second] = [await server.accept(1), await server.accept(2)];
  const upgraded = first.socket.upgradeToSecure();
  expect([first.socket.ssl, second.socket.ssl]).toEqual([true, false]);
  const { ca } = await certificate();
  const secured = await peers[0]?.secureClient({ ca, servername: HOST });
  await upgraded;
  second.socket.send("plain");
  expect(await peers[1]?.got(5)).toEqual(latin1("plain"));
  first.socket.send("secret");
  expect(await secured?.got(6)).toEqual(latin1("secret"));
});
