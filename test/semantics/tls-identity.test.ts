/** checkServerIdentity, a client's own look at a certificate: for pinning, and what it refuses. */
import type tls from "node:tls";
import { describe, expect } from "vitest";
import { certificate, HOST } from "../support/certificates.ts";
import { reports } from "./support/reports.ts";
import { failureOf } from "./support/tls-failure.ts";
import { identity, tlsTest } from "./support/tls-world.ts";

describe("checkServerIdentity", () => {
  const CASES: readonly [string, () => Error | undefined][] = [
    ["gives an error", () => new Error("not the pinned key")],
    [
      "throws",
      () => {
        throw new Error("not the pinned key");
      },
    ],
  ];
  for (const [name, checkServerIdentity] of CASES) {
    tlsTest(`M60: ${name}: that connection fails, with it as cause`, async (world) => {
      const { port } = await world.tlsPeers();
      const uncaught = await reports(0, async () => {
        const client = await world.openSecure(port, { checkServerIdentity }, HOST);
        await client.fired("close");
        expect(client.types).toBe("error close");
        expect(failureOf(client)[0]).toMatch(/^Security/);
        expect(failureOf(client)[1]).toBe("SecurityCertificate");
        expect(client.error?.error?.cause).toMatchObject({ message: "not the pinned key" });
        const [plain, peer] = await world.plain({}, HOST);
        const { ca } = await certificate();
        const upgraded = plain.socket.upgradeToSecure({ ca, checkServerIdentity });
        peer.secureServer(identity());
        await plain.fired("close");
        await expect(upgraded).rejects.toMatchObject({ cause: { message: "not the pinned key" } });
        expect(plain.types).toBe("open error close");
        await world.settled();
      });
      expect(uncaught).toEqual([]);
    });
  }

  tlsTest(
    "M21: gets the host and the certificate, also of an upgrade and of an IP",
    async (world) => {
      const { port } = await world.tlsPeers();
      const seen: unknown[] = [];
      const checkServerIdentity = (host: string, { subject }: tls.PeerCertificate): undefined => {
        seen.push([host, subject.CN]);
      };
      for (const host of ["any.example", "127.0.0.1"]) {
        const client = await world.openSecure(port, { checkServerIdentity }, host);
        await client.fired("open");
        const { ca } = await certificate();
        const [plain, peer] = await world.plain({ tls: { ca, checkServerIdentity } }, host);
        const upgraded = plain.socket.upgradeToSecure();
        peer.secureServer(identity());
        await upgraded;
      }
      const expected = ["any.example", "any.example", "127.0.0.1", "127.0.0.1"];
      expect(seen).toEqual(expected.map((host) => [host, "test"]));
    },
  );
});
