/** Client certificates: TLS listeners that ask for one, and what becomes of who has none. */
import { describe, expect } from "vitest";
import { certificate, HOST } from "../support/certificates.ts";
import { causeOf, failureOf, NO_CERTIFICATE } from "./support/tls-failure.ts";
import { identity, type Tls, type TlsWorld, tlsTest } from "./support/tls-world.ts";
import type { Listening } from "./support/world.ts";

/** A listener that trusts the test authority's clients. */
async function listening(world: TlsWorld, more: Tls = {}): Promise<Listening> {
  const { ca, cert, key } = await certificate();
  const asking = { ca, cert, key, requestCert: true, rejectUnauthorized: true };
  return world.listen({ useSecureTransport: true, tls: { ...asking, ...more } });
}

describe("client certificates", () => {
  tlsTest("a good one comes through and can be looked at", async (world) => {
    const server = await listening(world);
    const client = await world.openSecure(server.port, await identity(certificate("client")), HOST);
    await client.fired("open");
    const { socket } = await server.accept();
    expect(socket.tlsInfo?.peerCertificate).toHaveProperty("subject", "CN=client");
  });

  for (const kind of ["unknownClient", "expiredClient", "nameOnly"] as const) {
    tlsTest(`${kind} does not come through`, async (world) => {
      const server = await listening(world);
      const client = await world.openSecure(server.port, await identity(certificate(kind)), HOST);
      await client.fired("close");
      expect(server.accepted).toHaveLength(0);
      expect(client.received).toBe(0);
    });
  }

  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    tlsTest(`M57: none, ${maxVersion}: the client is told, the app is not`, async (world) => {
      const server = await listening(world, { maxVersion });
      const client = await world.openSecure(server.port, {}, HOST);
      await client.fired("close");
      const [name, message] = failureOf(client);
      if (maxVersion === "TLSv1.3") expect(failureOf(client)).toEqual(NO_CERTIFICATE);
      else expect([name, message]).toEqual(["SecurityError", "SecurityProtocol"]);
      expect(causeOf(client).code).toMatch(/ALERT/);
      expect(server.accepted).toHaveLength(0);
    });
  }

  tlsTest("none, and rejectUnauthorized: false: it comes through without", async (world) => {
    const server = await listening(world, { rejectUnauthorized: false });
    await world.tlsPeer(server.port);
    const info = (await server.accept()).socket.tlsInfo;
    expect(info?.peerCertificate?.subject).toBeUndefined();
  });
});
