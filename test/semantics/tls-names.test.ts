/** Addresses of IPv6, and what is the same machine but another name. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import tls from "node:tls";
import { describe, expect, test } from "vitest";
import { certificate } from "../support/certificates.ts";
import { failureOf, WRONG_NAME } from "./support/tls-failure.ts";
import { ADDRESS, identity, TlsWorld, tlsTest } from "./support/tls-world.ts";

describe("M21: tls.servername that is an address", () => {
  for (const [kind, good] of [
    ["addressOnly", true],
    ["nameOnly", false],
  ] as const) {
    tlsTest(`is what the certificate must be for, and not sent: ${kind}`, async (world) => {
      const asked: string[] = [];
      const SNICallback = (name: string, done: (error: null) => void): void => {
        asked.push(name);
        done(null);
      };
      const { port } = await world.tlsPeers({
        ...(await identity(certificate(kind))),
        SNICallback,
      });
      const client = await world.openSecure(port, { servername: ADDRESS }, "localhost");
      await client.fired(good ? "open" : "close");
      if (!good) expect(failureOf(client)).toEqual(WRONG_NAME);
      expect(asked).toEqual([]);
    });
  }
});

describe("M19 M21: addresses of IPv6", () => {
  const has = Object.values(networkInterfaces()).some((all) => {
    return all?.some(({ address }) => address === "::1");
  });

  for (const [kind, good] of [
    ["addressOnly", true],
    ["nameOnly", false],
    ["wrongAddress", false],
  ] as const) {
    test.runIf(has)(`M19 M21: ::1 with ${kind}`, async () => {
      const world = new TlsWorld();
      const server = tls.createServer(await identity(certificate(kind)));
      const accepted = once(server, "secureConnection");
      server.listen(0, "::1");
      await once(server, "listening");
      try {
        const { port } = server.address() as AddressInfo;
        const client = await world.openSecure(port, {}, "::1");
        await client.fired(good ? "open" : "close");
        if (good) expect((await accepted)[0]).toHaveProperty("servername", false);
        else expect(failureOf(client)).toEqual(WRONG_NAME);
      } finally {
        world.end();
        server.close();
      }
    });
  }

  tlsTest("M21: localhost is not 127.0.0.1, nor the other way round", async (world) => {
    const { port } = await world.tlsPeers(await identity(certificate("nameOnly")));
    const client = await world.openSecure(port, {}, ADDRESS);
    await client.fired("close");
    expect(failureOf(client)).toEqual(WRONG_NAME);
  });
});
