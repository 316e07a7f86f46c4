/**
 * Callbacks that node:tls calls during a handshake: what they get and decide, and that one that
 * throws, or calls back with an error, ends its own connection and nothing else.
 */
import tls from "node:tls";
import { describe, expect } from "vitest";
import { certificate, HOST } from "../support/certificates.ts";
import { latin1, text } from "./support/bytes.ts";
import { reports } from "./support/reports.ts";
import { failureOf } from "./support/tls-failure.ts";
import { identity, type Tls, type TlsWorld, tlsTest } from "./support/tls-world.ts";
import type { Listening } from "./support/world.ts";

type Done = (error: Error | null, context?: tls.SecureContext) => void;

const BROKEN: readonly [string, Tls][] = [
  [
    "SNICallback throws",
    {
      SNICallback: (name: string, done: Done) => {
        if (name === "bad.test") throw new Error("in SNICallback");
        done(null);
      },
    },
  ],
  [
    "SNICallback calls back with an error",
    {
      SNICallback: (name: string, done: Done) => {
        done(name === "bad.test" ? new Error("in SNICallback") : null);
      },
    },
  ],
  [
    "SNICallback calls back with what is no context",
    {
      SNICallback: (name: string, done: Done) => {
        done(null, name === "bad.test" ? ({} as tls.SecureContext) : undefined);
      },
    },
  ],
  [
    "ALPNCallback throws",
    {
      ALPNCallback: ({ servername }: { servername: string }) => {
        if (servername === "bad.test") throw new Error("in ALPNCallback");
        return "imap";
      },
    },
  ],
  [
    "ALPNCallback gives what was not offered",
    {
      ALPNCallback: ({ servername }: { servername: string }) => {
        return servername === "bad.test" ? "nonsense" : "imap";
      },
    },
  ],
];

const OFFER = { ALPNProtocols: ["imap"], checkServerIdentity: () => undefined };

/** Clients come through before and after. */
async function expectAlive(world: TlsWorld, { port, accept, accepted }: Listening): Promise<void> {
  const next = accepted.length + 1;
  const peer = await world.tlsPeer(port, { ...OFFER, servername: HOST });
  peer.wire.write(latin1("alive"));
  expect(text(await (await accept(next)).got(5))).toBe("alive");
}

describe.each(BROKEN)("%s", (_, callback) => {
  tlsTest("on a TLS listener: that connection goes, the others do not notice", async (world) => {
    const own = { ...(await identity()), ...callback };
    const server = world.listen({ useSecureTransport: true, tls: own });
    const through = await world.tlsPeer(server.port, { ...OFFER, servername: HOST });
    const accepted = await server.accept();
    const uncaught = await reports(0, async () => {
      const bad = world.tlsPeer(server.port, { ...OFFER, servername: "bad.test" });
      await expect(bad).rejects.toThrow();
      await world.settled();
    });
    expect(uncaught).toEqual([]);
    expect(server.accepted).toHaveLength(1);
    await expectAlive(world, server);
    through.wire.write(latin1("here"));
    expect(text(await accepted.got(4))).toBe("here");
  });

  tlsTest("M105: on an accepted socket that upgrades: error and close", async (world) => {
    const [watch, peer] = await world.plainAccepted({
      tls: { ...(await identity()), ...callback },
    });
    const { ca } = await certificate();
    const uncaught = await reports(0, async () => {
      const upgraded = watch.socket.upgradeToSecure();
      peer.secureClient({ ca, ...OFFER, servername: "bad.test" }).catch(() => {});
      await watch.fired("close");
      await expect(upgraded).rejects.toBe(watch.error?.error);
      await world.settled();
    });
    expect(uncaught).toEqual([]);
    expect(failureOf(watch)[0]).toMatch(/^Security/);
    expect(watch.types).toBe("error close");
  });
});

describe("what they decide", () => {
  tlsTest("SNICallback chooses the certificate", async (world) => {
    const mail = tls.createSecureContext(await identity(certificate("mail")));
    const SNICallback = (name: string, done: Done): void => {
      done(null, name === "mail.test" ? mail : undefined);
    };
    const own = { ...(await identity()), SNICallback };
    const { port } = world.listen({ useSecureTransport: true, tls: own });
    for (const host of [HOST, "mail.test"]) {
      const client = await world.openSecure(port, {}, host);
      await client.fired("open");
      const [watch, peer] = await world.plainAccepted({ tls: own });
      const upgraded = watch.socket.upgradeToSecure();
      const { ca } = await certificate();
      await peer.secureClient({ ca, servername: host });
      await upgraded;
    }
  });

  tlsTest("SNICallback may take its time", async (world) => {
    const mail = tls.createSecureContext(await identity(certificate("mail")));
    const SNICallback = (_: string, done: Done): void => void setImmediate(done, null, mail);
    const own = { ...(await identity()), SNICallback };
    const { port } = world.listen({ useSecureTransport: true, tls: own });
    const client = await world.openSecure(port, {}, "mail.test");
    await client.fired("open");
  });

  tlsTest("ALPNCallback cannot change what was asked for", async (world) => {
    const ALPNCallback = ({ protocols }: { protocols: string[] }): string => {
      protocols.splice(0, protocols.length, "h2", "imap");
      return "imap";
    };
    const server = await world.listen({
      useSecureTransport: true,
      tls: { ...(await identity()), ALPNCallback },
    });
    const client = await world.openSecure(server.port, { ALPNProtocols: ["smtp", "imap"] }, HOST);
    await client.fired("open");
    expect(client.socket.tlsInfo?.alpnProtocol).toBe("imap");
  });

  tlsTest("ALPNCallback chooses the protocol", async (world) => {
    const ALPNCallback = ({ protocols }: { protocols: string[] }): string | undefined => {
      return protocols.at(-1);
    };
    const tlsOptions = { ...(await identity()), ALPNCallback };
    const server = world.listen({ useSecureTransport: true, tls: tlsOptions });
    const client = await world.openSecure(server.port, { ALPNProtocols: ["smtp", "imap"] }, HOST);
    await client.fired("open");
    expect(client.socket.tlsInfo?.alpnProtocol).toBe("imap");
    expect((await server.accept()).socket.tlsInfo?.alpnProtocol).toBe("imap");
  });
});
