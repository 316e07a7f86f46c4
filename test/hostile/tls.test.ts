/** TLS options of every value, and options that run code while an upgrade reads them. */
import { describe, expect, test } from "vitest";
import { Engine, TCPServerSocket } from "../../bindings/index.ts";
import { nodeHost } from "../../host/node/index.ts";
import { certificate } from "../support/certificates.ts";
import { each, TLS } from "./support/options.ts";
import { onSite } from "./support/site.ts";
import { type Any, HOSTILE } from "./support/values.ts";

describe("TLS options", () => {
  test("of any value, on node's own TLS", async () => {
    const engine = new Engine({ host: nodeHost, memoryBytes: 4 << 20 });
    const base = await certificate("server");
    for (const name of TLS) {
      for (const { name: what, make } of HOSTILE) {
        const tls: Any = { ...base, [name]: make() };
        try {
          new TCPServerSocket(0, { engine, tls }).close();
        } catch (error) {
          expect((error as Error).name, `${name}: ${what}`).toMatch(
            /^(Type|NotSupported)Error$|^Trap$/,
          );
        }
      }
    }
    await engine.drain(0);
    expect(engine.stats.sockets).toBe(0);
  });

  onSite("of any value, for an upgrade", async (site) => {
    for (const { name, make } of HOSTILE) {
      if (make() === undefined || make() === null) continue; // does upgrade
      site.attempt(name, () => site.served.upgradeToSecure(make()));
    }
    each(site, TLS, { unknown: 1 }, (given) => site.client.upgradeToSecure(given));
    expect([site.client.ssl, site.served.ssl]).toEqual([false, false]);
    await site.works();
  });

  onSite("that upgrade when they are read: it is one upgrade", async (site) => {
    const { client } = site;
    let first: Promise<void> | undefined;
    const options = { rejectUnauthorized: false };
    const getter = Object.defineProperty({ ...options }, "ca", {
      get: () => {
        first ??= client.upgradeToSecure(options);
      },
      enumerable: true,
    });
    const second = client.upgradeToSecure(getter);
    expect(client.ssl).toBe(true);
    client.closeImmediately();
    await site.run();
    const names = [first, second].map((one) => one?.catch(({ name }) => name));
    expect(await Promise.all(names)).toEqual(["AbortError", "AbortError"]);
    await site.works();
  });

  onSite("that close the socket when they are read: nothing is upgraded", async (site) => {
    const { client } = site;
    const options = Object.defineProperty({}, "ca", {
      get: () => client.close(),
      enumerable: true,
    });
    expect(() => client.upgradeToSecure(options)).toThrow(
      expect.objectContaining({ name: "InvalidStateError" }),
    );
    expect(client.ssl).toBe(false);
    await site.works();
  });
});
