/** Protocol versions: what is spoken, and what it is called when there is none in common. */
import { describe, expect } from "vitest";
import { HOST } from "../support/certificates.ts";
import { failureOf, OLD_VERSION } from "./support/tls-failure.ts";
import { identity, tlsTest } from "./support/tls-world.ts";

describe("versions", () => {
  const OLD = {
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    ciphers: "DEFAULT@SECLEVEL=0",
  } as const;

  const old = async () => ({ ...(await identity()), ...OLD });

  tlsTest("M60: a server of old ones only, from the first byte", async (world) => {
    const { port } = await world.tlsPeers(OLD);
    const client = await world.openSecure(port, {}, HOST);
    await client.fired("close");
    expect(failureOf(client)).toEqual(OLD_VERSION);
    expect(client.types).toBe("error close");
  });

  tlsTest("M60: a server of old ones only, after an upgrade", async (world) => {
    const [client, peer] = await world.plain({}, HOST);
    const upgraded = client.socket.upgradeToSecure();
    peer.secureServer(old());
    await client.fired("close");
    expect(failureOf(client)).toEqual(OLD_VERSION);
    await expect(upgraded).rejects.toBe(client.error?.error);
  });

  tlsTest("M60: minVersion is above what the server can", async (world) => {
    const { port } = await world.tlsPeers({ maxVersion: "TLSv1.2" });
    const client = await world.openSecure(port, { minVersion: "TLSv1.3" }, HOST);
    await client.fired("close");
    expect(failureOf(client)).toEqual(OLD_VERSION);
  });

  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    tlsTest(`maxVersion ${version} is what is spoken`, async (world) => {
      const { port } = await world.tlsPeers();
      const client = await world.openSecure(port, { maxVersion: version }, HOST);
      await client.fired("open");
      expect(client.socket.tlsInfo?.protocol).toBe(version);
    });
  }
});
