/**
 * Calls of any kind with hostile values of any kind, in any order, on sockets in any state: each does what it
 * may, throws what is documented or what the value's own code throws, and changes nothing then; nothing is
 * reported, and the engine carries on. SEED repeats a run, HOSTILE sets how many there are.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Engine, framing, TCPServerSocket, TCPSocketEvent } from "../../bindings/index.ts";
import * as strict from "../../bindings/mozilla.ts";
import { reports } from "../semantics/support/reports.ts";
import { SEED } from "../support/hosts.ts";
import { CLIENT, ENGINE, FRAMING, KINDS, made, SERVER, TLS } from "./support/options.ts";
import { Site } from "./support/site.ts";
import { type Any, type Hostile, hostile } from "./support/values.ts";

const RUNS = { seed: SEED, numRuns: Number(process.env.HOSTILE ?? 250) };

interface Call {
  readonly name: string;
  /** Made anew, so that shrinking repeats them. */
  readonly values: readonly Hostile[];
  run(site: Site, ...values: Any[]): unknown;
}

function call(name: string, names: readonly string[], run: Call["run"]): fc.Arbitrary<Call> {
  const values = fc.array(hostile(...names), { minLength: 3, maxLength: 3 });
  return values.map((values) => ({
    name,
    values,
    run,
    [fc.toStringMethod]: () => `${name}: ${values.map((value) => value.name).join("; ")}`,
  }));
}

/** Options of which the engine is ours. */
function ours(site: Site, given: Any): Any {
  return Object.assign(Object.create(null), { ...given, engine: site.engine });
}

const event = fc.constantFrom("open", "data", "messages", "drain", "error", "close").map(String);

const calls = fc.oneof(
  call("client", CLIENT, (site, a) => made(() => site.connect(ours(site, a)))),
  call("strict client", CLIENT, (site, a, b) => {
    made(() => new strict.TCPSocket(a, b, { engine: site.engine }));
  }),
  call("server", SERVER, (site, a) => made(() => new TCPServerSocket(0, ours(site, a)))),
  call("listen", [], (site, a, b) => {
    made(() => strict.mozTCPSocket.listen(a, { engine: site.engine }, b));
  }),
  call("engine", ENGINE, (_, a) => new Engine(a)),
  call("send", [], (site, a, b, c) => site.client.send(a, b, c)),
  call("send of bytes", [], (site, a, b) => site.client.send(new Uint8Array(99), a, b)),
  call("setFraming", FRAMING, (site, a) => site.client.setFraming(a)),
  call("framing", FRAMING, (_, a, b) => {
    for (const kind of KINDS) (framing as Any)[kind](a, b);
  }),
  call("upgradeToSecure", TLS, (site, a) => site.served.upgradeToSecure(a)),
  call("a listener", [], (site, a, b, c) => site.client.addEventListener(a, b, c)),
  call("options of a listener", ["signal", "once", "capture"], (site, a) => {
    site.client.addEventListener("x", () => {}, a);
  }),
  call("dispatchEvent", [], (site, a) => site.client.dispatchEvent(a)),
  call("event", ["data", "bubbles"], (site, a) =>
    site.client.dispatchEvent(new TCPSocketEvent("x", a)),
  ),
  event.chain((type) =>
    call(`on${type}`, [], ({ client }, a) => Reflect.set(client, `on${type}`, a)),
  ),
  ...(["suspend", "resume", "ref", "unref"] as const).map((name) =>
    call(name, [], (site, a) => (site.client[name] as Any)(a)),
  ),
  ...(["halfClose", "close", "closeImmediately"] as const).map((name) => {
    const rarely = fc.integer({ min: 0, max: 9 });
    return rarely.chain((dice) =>
      call(dice === 0 ? name : `no ${name}`, [], (site, a) => {
        if (dice === 0) (site.client[name] as Any)(a);
      }),
    );
  }),
);

/** Calls, and after which of them everything is left to happen. */
const script = fc.array(fc.tuple(calls, fc.boolean()), { minLength: 1, maxLength: 12 });

test(`calls with hostile values, SEED=${SEED}`, { timeout: 60_000 }, async () => {
  const property = fc.asyncProperty(script, async (steps) => {
    const reported = await reports(0, async () => {
      const site = await Site.open();
      const handler = site.client.ondata;
      for (const [{ name, values, run }, settle] of steps) {
        const given = values.map(({ make }) => make());
        site.attempt(name, () => run(site, ...given));
        if (settle) await site.run();
      }
      for (let i = 0; i < steps.length; i++) site.attempt("resume", () => site.client.resume());
      site.client.setFraming(null);
      site.client.onmessages = null;
      site.client.ondata = handler;
      await site.run();
      if (site.client.bufferedAmount === 0) await site.works();
    });
    // What cannot be called and still is a listener, is reported as any listener's exception.
    const listens = steps.some(([{ name }]) => /^on|^a listener$/.test(name));
    if (!listens) expect(reported).toEqual([]);
  });
  await fc.assert(property, RUNS);
});
