/** Options of sockets, servers and engines, hosts, ports and framings: taken, or refused with nothing changed. */
import { describe, expect } from "vitest";
import { Engine, framing, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import * as strict from "../../bindings/mozilla.ts";
import { CLIENT, ENGINE, each, FRAMING, KINDS, made, SERVER } from "./support/options.ts";
import { onSite } from "./support/site.ts";
import { type Any, endless, HOSTILE, lying, resizable, springing, trap } from "./support/values.ts";

const PROFILES = { sansock: { TCPSocket, TCPServerSocket }, "sansock/mozilla": strict };

for (const [profile, { TCPSocket, TCPServerSocket }] of Object.entries(PROFILES)) {
  describe(profile, () => {
    onSite("takes or refuses any option of a client", async (site) => {
      const { engine, server } = site;
      each(site, CLIENT, { engine }, (given) => {
        if (given.engine !== engine && given.engine !== null) return; // connects, elsewhere
        made(() => new TCPSocket("localhost", server.localPort, given));
      });
      await site.works();
    });

    onSite("takes or refuses any option of a server", async (site) => {
      const { engine } = site;
      each(site, SERVER, { engine }, (given) => {
        if (given.engine !== engine && given.engine !== null) return;
        made(() => new TCPServerSocket(0, given));
      });
      await site.works();
    });

    onSite("takes or refuses any host, port and backlog", async (site) => {
      const { engine } = site;
      for (const { name, make } of HOSTILE) {
        site.attempt(`host ${name}`, () => made(() => new TCPSocket(make(), 1, { engine })));
        site.attempt(`port ${name}`, () =>
          made(() => TCPSocket.open("localhost", make(), { engine })),
        );
        site.attempt(`port ${name}`, () => made(() => TCPSocket.listen(make(), { engine })));
        site.attempt(`backlog ${name}`, () =>
          made(() => new TCPServerSocket(0, { engine }, make())),
        );
        await site.run(); // the port is free again
      }
      await site.works();
    });

    onSite("refuses options that are none", async (site) => {
      const springs = springing({ tls: 1 });
      const none = profile === "sansock" ? [() => {}, springs] : [springs];
      for (const given of [1, "x", Symbol("s"), 1n, true, ...none] as Any[]) {
        expect(site.attempt("client", () => new TCPSocket("x", 1, given))).toBeInstanceOf(Error);
        expect(site.attempt("server", () => new TCPServerSocket(0, given))).toBeInstanceOf(Error);
      }
      await site.works();
    });
  });
}

onSite("an Engine that only looks like one is a TypeError that says so", async (site) => {
  for (const engine of [Object.create(Engine.prototype), new Proxy(site.engine, {})]) {
    const error = site.attempt("engine", () => new TCPSocket("localhost", 1, { engine }));
    expect(error?.message).toMatch(/option "engine": .* an Engine is allowed/);
  }
  await site.works();
});

onSite("port -0 is port 0", ({ engine }) => {
  const socket = new TCPSocket("localhost", -0, { engine });
  expect(socket.port).toBe(0);
  socket.closeImmediately();
});

describe("a framing", () => {
  onSite("of any description is set whole, or not at all", async (site) => {
    for (const type of KINDS) {
      each(site, FRAMING, { type, ...(type === "fixed" && { size: 4 }) }, (given) => {
        site.client.setFraming(given);
        site.client.setFraming(null);
      });
    }
    for (const { name, make } of HOSTILE) {
      site.attempt(name, () => site.client.setFraming(make() ?? 0));
      site.attempt(name, () => site.client.setFraming({ type: make() } as Any));
    }
    site.client.setFraming(null);
    await site.works();
  });

  onSite("of any arguments is made, or refused", async (site) => {
    for (const type of KINDS) {
      const make: Any = (framing as Any)[type];
      for (const value of HOSTILE) {
        site.attempt(`${type}(${value.name})`, () => make(value.make()));
        site.attempt(`${type}("a", ${value.name})`, () => make("a", value.make()));
      }
    }
    await site.works();
  });

  onSite("has no more delimiters than it may, however they are given", async (site) => {
    const two = lying(["a", "b"], {});
    const lists: Any[] = [endless("x"), Object.assign(["a"], { map: trap, every: trap }), two];
    expect(lists.map((list) => (framing.delimited(list) as Any).delimiters.length)).toEqual([
      1, 1, 2,
    ]);
    for (const list of [Array(1), Array(9).fill("a"), new Proxy(["a"], { get: () => 2 ** 40 })]) {
      expect(site.attempt("list", () => framing.delimited(list))?.name).toBe("TypeError");
    }
    const growing: Any = new Uint8Array(resizable(20, 20));
    expect(site.attempt("20 bytes", () => framing.delimited(growing))?.name).toBe("TypeError");
    await site.works();
  });
});

describe("an Engine", () => {
  onSite("of any options is made, or refused", async (site) => {
    each(site, ENGINE, {}, (given) => new Engine(given));
    for (const { name, make } of HOSTILE) site.attempt(name, () => new Engine(make()));
    expect(site.attempt("5", () => new Engine(5 as Any))?.name).toBe("TypeError");
    await site.works();
  });

  onSite("drains within any milliseconds, or refuses", async (site) => {
    const engine = new Engine({ host: site.network });
    for (const { name, make } of HOSTILE) {
      if (Number.isInteger(make())) continue;
      const error = site.attempt(name, () => engine.drain(make()));
      expect(error?.name, name).toBe("TypeError");
    }
    await engine.drain(-0);
    await site.works();
  });
});

onSite("install() of anything is a TypeError, or an object's property", async (site) => {
  for (const { name, make } of HOSTILE) {
    if (make() === undefined) continue;
    const object = make();
    if (site.attempt(name, () => strict.install(object)) !== undefined) continue;
    expect(Object.getOwnPropertyDescriptor(object, "mozTCPSocket")?.value).toBe(
      strict.mozTCPSocket,
    );
  }
  await site.works();
});
