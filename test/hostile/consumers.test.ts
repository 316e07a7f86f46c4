/** Batches and iterators that are asked for anything. */
import { describe, expect } from "vitest";
import { framing, type MessageBatch } from "../../bindings/index.ts";
import { onSite } from "./support/site.ts";
import { type Any, HOSTILE, springing, Trap } from "./support/values.ts";

onSite(
  "a batch asked for anything says RangeError, or brings the message",
  async (site) => {
    const { client } = site;
    let asked = 0;
    let kept: MessageBatch | undefined;
    client.onmessages = ({ data: batch }) => {
      kept = batch;
      for (const { name, make } of HOSTILE) {
        for (const call of ["at", "offset", "size", "stopAfter"] as const) {
          const value = make();
          const error = site.attempt(`${call}(${name})`, () => (batch[call] as Any)(value));
          expect(error?.name, `${call}(${name})`).toBe(value === 0 ? undefined : "RangeError");
          asked++;
        }
      }
      expect(batch.at(-0)).toEqual(Uint8Array.of(97));
    };
    client.send("a");
    await site.run();
    expect(asked).toBeGreaterThanOrEqual(HOSTILE.length * 4);
    for (const call of ["at", "offset", "size", "stopAfter"] as const) {
      const error = site.attempt(call, () => (kept as Any)[call](0));
      expect(error?.name).toBe("InvalidStateError");
    }
    client.onmessages = null;
    await site.works();
  },
  { framing: framing.lines() },
);

describe("an iterator", () => {
  onSite("asked oddly answers with promises, and ends once", async (site) => {
    const socket = site.connect();
    const iterator: Any = socket[Symbol.asyncIterator]();
    const waiting = Promise.all(HOSTILE.map(({ make }) => iterator.next(make())));
    for (const { name, make } of HOSTILE) {
      const value = make();
      if (value === iterator) continue;
      const { next } = iterator;
      const called = Promise.resolve().then(() => Reflect.apply(next, value, []));
      expect(((await called.catch((error) => error)) as Any)?.name, name).toBe("TypeError");
    }
    expect(() => socket[Symbol.asyncIterator]()).toThrow(DOMException);
    expect(iterator[Symbol.asyncIterator]()).toBe(iterator);
    expect(iterator.throw).toBe(undefined);
    expect(await iterator.return(new Trap("why"))).toEqual({ done: true, value: undefined });
    expect(await iterator.return()).toEqual({ done: true, value: undefined });
    expect((await waiting).every(({ done }: Any) => done)).toBe(true);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    await site.run();
    expect(socket.readyState).toBe("closed");
    await site.works();
  });

  onSite("of a server, too", async (site) => {
    const { server } = site;
    server.onconnect = null;
    const iterator: Any = server[Symbol.asyncIterator]();
    const [one, two] = [iterator.next(), iterator.next(Symbol("next"))];
    site.connect();
    await site.run();
    expect((await one).value.readyState).toBe("open");
    expect(await iterator.return(springing({}))).toEqual({ done: true, value: undefined });
    expect((await two).done).toBe(true);
    expect(site.attempt("again", () => server[Symbol.asyncIterator]())?.name).toBe(
      "InvalidStateError",
    );
    await site.run();
    expect(site.engine.failed).toBe(false);
  });
});
