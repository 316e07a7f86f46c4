/** Listeners, handlers and events that are not what they seem. */
import { describe, expect } from "vitest";
import {
  MessageBatch,
  TCPServerSocketEvent,
  TCPSocketError,
  TCPSocketErrorEvent,
  TCPSocketEvent,
} from "../../bindings/index.ts";
import { reports } from "../semantics/support/reports.ts";
import { onSite } from "./support/site.ts";
import { type Any, HOSTILE, lying, springing, Trap, trap } from "./support/values.ts";

const HANDLERS = ["onopen", "ondrain", "ondata", "onmessages", "onend", "onerror", "onclose"];

describe("listeners", () => {
  onSite("of any type, with any options, are taken or refused", async (site) => {
    const { client, server } = site;
    const listener = (): void => {};
    for (const { name, make } of HOSTILE) {
      for (const target of [client, server]) {
        for (const given of [
          [make(), listener],
          ["close", make()],
          ["close", listener, make()],
          ["close", listener, { capture: make() }],
          ["close", listener, { once: make() }],
          ["close", listener, { signal: make() }],
        ] as Any[]) {
          const error = site.attempt(name, () => target.addEventListener(...(given as [Any, Any])));
          if (error === undefined)
            site.attempt(name, () => target.removeEventListener(...(given as [Any, Any])));
        }
      }
    }
    await site.works();
  });

  onSite("with a signal that is none are not taken", async (site) => {
    let called = 0;
    for (const signal of [{}, 5, { addEventListener: () => {} }, springing({})] as Any[]) {
      const add = (): void => site.client.addEventListener("x", () => called++, { signal });
      expect(site.attempt("signal", add)?.name).toBe("TypeError");
    }
    site.client.dispatchEvent(new Event("x"));
    expect(called).toBe(0);
    const controller = new AbortController();
    const signal = lying(controller.signal, { aborted: true, addEventListener: trap });
    site.client.addEventListener("x", () => called++, { signal });
    site.client.dispatchEvent(new Event("x"));
    controller.abort();
    site.client.dispatchEvent(new Event("x"));
    expect(called).toBe(1);
    await site.works();
  });

  onSite("of a type that is no string hear what it becomes", async (site) => {
    let called = 0;
    const heard = (): void => void called++;
    site.client.addEventListener(Object("data") as Any, heard);
    site.client.addEventListener(5 as Any, heard);
    site.client.dispatchEvent(new Event("5"));
    site.client.dispatchEvent(new Event("data"));
    site.client.removeEventListener(["5"] as Any, heard);
    site.client.dispatchEvent(new Event("5"));
    expect(called).toBe(2);
    await site.works();
  });

  onSite("as handlers are functions, or none", async (site) => {
    for (const name of HANDLERS) {
      for (const { name: what, make } of HOSTILE) {
        const value = make();
        const client: Any = site.client;
        const before = client[name];
        client[name] = value;
        expect(client[name], `${name} = ${what}`).toBe(typeof value === "function" ? value : null);
        client[name] = before;
      }
    }
    await site.works();
  });

  onSite("that cannot be called, or throw, are reported and stop nothing", async (site) => {
    const { client } = site;
    const reported = await reports(4, async () => {
      client.addEventListener(
        "data",
        springing(() => {}),
      );
      client.addEventListener("data", {} as Any);
      client.addEventListener("data", { handleEvent: 5 } as Any);
      client.addEventListener(
        "data",
        Object.defineProperty({}, "handleEvent", { get: trap }) as Any,
      );
      client.send("x");
      await site.run();
    });
    expect(reported).toHaveLength(4);
    expect(site.got).toBe("x");
  });
});

function isEvent(value: unknown): boolean {
  try {
    return value instanceof Event;
  } catch {
    return false; // a proxy that springs
  }
}

describe("dispatchEvent()", () => {
  onSite("of anything that is no event", async (site) => {
    for (const { name, make } of HOSTILE) {
      for (const target of [site.client, site.server]) {
        const value = make();
        const error = site.attempt(name, () => target.dispatchEvent(value));
        if (!isEvent(value)) expect(error, name).toBeInstanceOf(Error);
      }
    }
    await site.works();
  });

  onSite("of an event whose type throws lets go of it", async (site) => {
    for (const Base of [Event, TCPSocketEvent]) {
      const event = Object.defineProperty(new Base("x"), "type", { get: trap });
      for (let i = 0; i < 2; i++) {
        expect(site.attempt("type", () => site.client.dispatchEvent(event))).toBeInstanceOf(Trap);
        expect(event.eventPhase).toBe(Event.NONE);
      }
    }
    await site.works();
  });

  onSite("of an event of the engine's, in flight and later", async (site) => {
    const { client } = site;
    const thrown: string[] = [];
    const late: Event[] = [];
    client.addEventListener(
      "data",
      (event) => {
        late.push(event);
        for (const target of [client, site.server, new EventTarget()]) {
          try {
            target.dispatchEvent(event);
          } catch (error) {
            thrown.push((error as Any).code ?? (error as Any).name);
          }
        }
      },
      { once: true },
    );
    client.send("x");
    await site.run();
    expect(thrown.slice(0, 2)).toEqual(Array(2).fill(DOMException.INVALID_STATE_ERR));
    expect(thrown).toHaveLength(3);
    expect(site.got).toBe("x");
    for (const event of late) expect(client.dispatchEvent(event)).toBe(true);
    expect(site.got).toBe("xx");
    await site.works();
  });

  onSite(
    "of events that look like the engine's changes nothing but what listeners do",
    async (site) => {
      const { client, server } = site;
      for (const type of ["open", "close", "error", "drain", "end", "connect"]) {
        client.dispatchEvent(new TCPSocketErrorEvent(type));
        client.dispatchEvent(new TCPSocketEvent(type, { data: 1 }));
      }
      server.dispatchEvent(new Event("error"));
      expect(client.readyState).toBe("open");
      await site.works();
    },
  );
});

onSite("events, errors and batches made by hand of anything", async (site) => {
  for (const { name, make } of HOSTILE) {
    for (const Made of [TCPSocketEvent, TCPSocketErrorEvent, TCPServerSocketEvent] as Any[]) {
      site.attempt(`${Made.name}(${name})`, () => new Made(make(), make()));
      site.attempt(`${Made.name}("x", ${name})`, () => new Made("x", make()));
    }
    site.attempt(`TCPSocketError(${name})`, () => new TCPSocketError(make()));
    const batch = new MessageBatch(make());
    for (const read of ["length", "bytes", "table"] as const) {
      site.attempt(`MessageBatch(${name}).${read}`, () => batch[read]);
    }
  }
  await site.works();
});
