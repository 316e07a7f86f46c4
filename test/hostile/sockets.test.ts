/** Sockets themselves treated badly: wrong receivers, subclasses that throw, frozen and redefined ones. */
import { describe, expect } from "vitest";
import { TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import * as strict from "../../bindings/mozilla.ts";
import { reports } from "../semantics/support/reports.ts";
import { onSite } from "./support/site.ts";
import { type Any, HOSTILE, trap } from "./support/values.ts";

/** The members of a class and of those it extends, up to EventTarget's. */
function members(prototype: object): [string, PropertyDescriptor][] {
  const all: [string, PropertyDescriptor][] = [];
  for (let from = prototype; from !== EventTarget.prototype; from = Object.getPrototypeOf(from)) {
    for (const name of Reflect.ownKeys(from)) {
      if (name === "constructor") continue;
      all.push([String(name), Object.getOwnPropertyDescriptor(from, name) as PropertyDescriptor]);
    }
  }
  return all;
}

/** What calls are made with that need some. */
const ARGUMENTS: Record<string, unknown[]> = {
  addEventListener: ["x", () => {}],
  removeEventListener: ["x", () => {}],
  dispatchEvent: [new Event("x")],
};

describe("a member of a class", () => {
  for (const { prototype } of [
    TCPSocket,
    TCPServerSocket,
    strict.TCPSocket,
    strict.TCPServerSocket,
  ]) {
    onSite(
      `of ${prototype.constructor.name}, of another object, is a TypeError or does nothing`,
      async (site) => {
        const receivers = HOSTILE.map(({ make }) => make()).concat(
          prototype,
          Object.create(site.client),
        );
        for (const [name, { value, get, set }] of members(prototype)) {
          for (const call of [value, get, set]) {
            if (typeof call !== "function") continue;
            for (const receiver of receivers) {
              const given = ARGUMENTS[name] ?? [() => {}];
              const result = site.attempt(name, () => {
                const promise = Reflect.apply(call, receiver, given);
                if (promise instanceof Promise) promise.catch(() => {});
              });
              if (name !== "admit" && name !== "changed")
                expect(result, name).toBeInstanceOf(Error);
            }
          }
        }
        await site.works();
      },
    );
  }
});

describe("attributes", () => {
  onSite("that are read only cannot be set", async (site) => {
    for (const [name, { get, set }] of members(TCPSocket.prototype)) {
      if (get === undefined || set !== undefined) continue;
      for (const { make } of HOSTILE) {
        expect(
          site.attempt(name, () => Reflect.apply(setter, site.client, [name, make()]))?.name,
        ).toBe("TypeError");
      }
    }
    await site.works();
  });
});

function setter(this: Any, name: string, value: unknown): void {
  this[name] = value;
}

/** The methods the engine and its own classes call, each of which may be overridden. */
const OVERRIDDEN = [
  "dispatchEvent",
  "listens",
  "admit",
  "changed",
  "close",
  "closeImmediately",
  "resume",
  "suspend",
];

describe("a subclass that throws", () => {
  for (const name of OVERRIDDEN) {
    onSite(`in ${name}() stops nobody else`, async (site) => {
      class Throwing extends TCPSocket {}
      class ThrowingServer extends TCPServerSocket {}
      const { engine } = site;
      const reported = await reports(0, async () => {
        const server = new ThrowingServer(0, { engine });
        const socket = new Throwing("localhost", server.localPort, { engine });
        for (const type of ["open", "data", "close", "error"])
          socket.addEventListener(type, () => {});
        server.onconnect = ({ socket: served }) => served?.send("x");
        for (const { prototype } of [Throwing, ThrowingServer])
          Object.assign(prototype, { [name]: trap });
        await site.works("while it throws");
        for (const { prototype } of [Throwing, ThrowingServer]) delete (prototype as Any)[name];
        await site.works("when it has stopped");
        socket.close();
        server.close();
        await site.run();
        expect(socket.readyState).toBe("closed");
        await socket.closed;
      });
      expect(reported.filter((message) => message !== "sprung")).toEqual([]);
      await site.works();
    });
  }

  onSite("in its constructor leaves a socket that works, and ends", async (site) => {
    let made: TCPSocket | undefined;
    class Throwing extends TCPSocket {
      constructor() {
        super("localhost", site.server.localPort, { engine: site.engine });
        made = this;
        trap();
      }
    }
    expect(() => new Throwing()).toThrow("sprung");
    await site.run();
    expect(made?.readyState).toBe("open");
    made?.close();
    await site.works();
  });
});

describe("a socket that is", () => {
  for (const change of ["freeze", "seal", "preventExtensions"] as const) {
    onSite(`given to Object.${change}() works as before`, async (site) => {
      for (const one of [site.client, site.server, site.served]) (Object as Any)[change](one);
      site.client.onclose = () => {};
      expect(site.client.onclose).toBeTypeOf("function");
      await site.client.opened;
      await site.works();
      site.client.close();
      await site.run();
      await site.client.closed;
      await site.works();
    });
  }

  onSite("redefined lies to the app only", async (site) => {
    const { client } = site;
    const lies = ["readyState", "bufferedAmount", "host", "binaryType", "closed", "opened", "ssl"];
    for (const name of lies) Object.defineProperty(client, name, { get: trap, configurable: true });
    expect(client.send("x")).toBe(true);
    await site.run();
    expect([site.sent, site.got]).toEqual(["x", "x"]);
    for (const name of lies) delete (client as Any)[name];
    await site.works();
  });

  onSite("behind a proxy, or an heir, is no socket", async (site) => {
    for (const other of [new Proxy(site.client, {}), Object.create(site.client)]) {
      for (const name of [
        "send",
        "close",
        "suspend",
        "halfClose",
        "setFraming",
        "upgradeToSecure",
      ]) {
        expect(site.attempt(name, () => other[name]("x"))?.name).toBe("TypeError");
      }
    }
    await site.works();
  });

  onSite("given another class is a socket of that class", async (site) => {
    Object.setPrototypeOf(site.client, strict.TCPSocket.prototype);
    await site.works();
    Object.setPrototypeOf(site.client, null);
    await site.run();
    Object.setPrototypeOf(site.client, TCPSocket.prototype);
    await site.works();
  });
});
