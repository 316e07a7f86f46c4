/** The loopback network as a host: the contract, whole and cut small, and its one promise, replay. */
import { describe, expect, test } from "vitest";
import { type Faults, Loopback, type NetworkOptions } from "../../host/loopback/index.ts";
import type { Sink } from "../../host/transport.ts";
import { loopbackKeys } from "./contract/keys.ts";
import { pattern } from "./contract/pattern.ts";
import { transportContract } from "./transport-contract.ts";

const SIZES = { bulk: 1 << 20, stall: 1 << 20, surplus: 0 };
const SMALL = { bulk: 8000, stall: 8000, surplus: 0 };

function contract(name: string, options: NetworkOptions, sizes = SIZES): void {
  const title = `loopback, ${name}, seed ${options.seed}`;
  transportContract(title, () => new Loopback(options), loopbackKeys, sizes);
}

contract("no faults", { seed: 1 });
for (const seed of [11, 12, 13]) {
  const reads = "mixed";
  contract("one byte a write", { seed, reads, capacity: 4096, faults: { writeMax: 1 } }, SMALL);
  contract(
    "one byte a read",
    { seed, reads: "copy", capacity: 1024, faults: { readMax: 1 } },
    SMALL,
  );
  contract("random cuts", { seed, reads, faults: { split: true, coalesce: seed === 12 } });
  const rough: Partial<Faults> = { split: true, reorder: true, latency: [0, 20] };
  contract("reordered", { seed, reads, faults: { ...rough, finWithData: seed === 13 } });
}

/** Everything eight connections are told, with the virtual times of it. */
async function trace(seed: number, virtual: boolean): Promise<string[]> {
  const faults = { split: true, reorder: true, latency: [0, 3], reset: 0.01 } as const;
  const net = new Loopback({ seed, virtual, reads: "mixed", capacity: 5000, faults });
  const told: string[] = [];
  const window = new Uint8Array(1000);
  const tell = (who: string, what: string): void => void told.push(`${net.now} ${who} ${what}`);
  const sink = (who: string): Sink => ({
    connected: () => tell(who, "connected"),
    secured: () => tell(who, "secured"),
    received: (count) => tell(who, `received ${count}`),
    takesWhole: false,
    receivedWhole() {},
    receivedCopy: (bytes) => tell(who, `copy ${bytes.length}`),
    sent: (count) => tell(who, `sent ${count}`),
    ended: () => tell(who, "ended"),
    failed: (reason) => tell(who, `failed ${reason}`),
    closed: () => tell(who, "closed"),
  });
  const common = { noDelay: true, keepAlive: false } as const;
  net.listen(
    { port: 80, ...common },
    {
      listening: () => {},
      accepted: (transport) => {
        transport.resume();
        transport.write([pattern(3000)], 3000);
        return sink(`server ${transport.addresses.remotePort}`);
      },
      failed: () => {},
      closed: () => {},
    },
  );
  for (let i = 0; i < 8; i++) {
    const target = { host: "localhost", port: 80, family: 0, ...common } as const;
    const client = net.connect(target, window, sink(`client ${i}`));
    client.write([pattern(7000)], 7000);
    client.finish();
    net.timer(i, () => tell("timer", `${i}`));
  }
  await net.run();
  return told;
}

describe("replay", () => {
  test.each([1, 2, 3])("seed %i: the same twice, stepped or by itself", async (seed) => {
    const first = await trace(seed, true);
    expect(first.length).toBeGreaterThan(100);
    expect(await trace(seed, true)).toEqual(first);
    expect(await trace(seed, false)).toEqual(first);
  });

  test("other seeds, other runs", async () => {
    expect(await trace(1, true)).not.toEqual(await trace(2, true));
  });
});

describe("virtual time", () => {
  test("stands still until it is stepped", async () => {
    const net = new Loopback({ virtual: true });
    const order: string[] = [];
    net.timer(1000, () => order.push(`timer at ${net.now}`));
    net.defer(() => order.push(`task at ${net.now}`));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(order).toEqual([]);
    expect([net.step(), net.step(), net.step()]).toEqual([true, true, false]);
    expect(order).toEqual(["task at 0", "timer at 1000"]);
  });

  test("run(until) stops there and lets promises go on between events", async () => {
    const net = new Loopback({ virtual: true });
    const order: number[] = [];
    const sleep = (ms: number): Promise<void> => new Promise((wake) => net.timer(ms, wake));
    const sleeper = async (): Promise<void> => {
      for (;;) {
        await sleep(10);
        order.push(net.now);
      }
    };
    void sleeper();
    await net.run(35);
    expect([...order, net.now]).toEqual([10, 20, 30, 35]);
    expect(net.step(39)).toBe(false);
    expect(net.step()).toBe(true);
    expect(net.now).toBe(40);
  });

  test("by itself, an hour passes at once", async () => {
    const net = new Loopback();
    const before = performance.now();
    await new Promise<void>((done) => net.timer(3_600_000, done));
    expect(net.now).toBe(3_600_000);
    expect(performance.now() - before).toBeLessThan(1000);
  });

  test("an event that throws stops only itself", async () => {
    const net = new Loopback({ virtual: true });
    const seen: number[] = [];
    net.defer(() => {
      throw new Error("thrown by a task");
    });
    net.defer(() => seen.push(2));
    expect(() => net.step()).toThrow("thrown by a task");
    await net.run();
    expect(seen).toEqual([2]);
  });
});
