/** Each fault alone: what it does when it is on. That all are off at first, the contract shows. */
import { describe, expect, test } from "vitest";
import { REASON_NOT_FOUND, REASON_REFUSED, REASON_RESET } from "../../../assembly/reasons.ts";
import { type Faults, Loopback, type RawPeer } from "../../../host/loopback/index.ts";
import type { ConnectTarget, Sink } from "../../../host/transport.ts";
import { pattern } from "../contract/pattern.ts";

const TARGET: ConnectTarget = {
  ...{ host: "localhost", port: 80, family: 0 },
  ...{ noDelay: true, keepAlive: false },
};
const SILENT: Sink = {
  ...{ connected() {}, secured() {}, received() {}, receivedCopy() {}, sent() {} },
  ...{ takesWhole: false, receivedWhole() {} },
  ...{ ended() {}, failed() {}, closed() {} },
};

interface Told {
  readonly net: Loopback;
  readonly log: string[];
  /** Sizes of the reads at the accepted end. */
  readonly reads: number[];
  readonly bytes: number[];
  readonly client: RawPeer;
  server: RawPeer | undefined;
}

/** One connection to a port that has a listener; both ends log. Nothing has run yet. */
function connection(faults: Partial<Faults>, seed = 1): Told {
  const net = new Loopback({ seed, virtual: true, faults });
  const log: string[] = [];
  const told: Told = {
    ...{ net, log, reads: [], bytes: [] },
    ...{ client: net.connectRaw(80), server: undefined },
  };
  const listen = (who: string, peer: RawPeer): void => {
    peer.onopen = () => log.push(`${who} open`);
    peer.onend = () => log.push(`${who} end`);
    peer.onfail = (reason) => log.push(`${who} failed ${reason}`);
    peer.onclose = () => log.push(`${who} close`);
  };
  listen("client", told.client);
  net.listenRaw(80, (peer) => {
    told.server = peer;
    listen("server", peer);
    peer.onbytes = (bytes) => {
      told.reads.push(bytes.length);
      told.bytes.push(...bytes);
    };
  });
  return told;
}

/** Connects by name and says when and how that failed or came up. */
async function connecting(net: Loopback, host: string): Promise<string> {
  let outcome = "";
  const sink: Sink = {
    ...SILENT,
    connected: () => {
      outcome = `connected at ${net.now}`;
    },
    failed: (reason) => {
      outcome = `failed ${reason}`;
    },
  };
  net.connect({ ...TARGET, host }, new Uint8Array(1), sink);
  await net.run(net.now + 100_000);
  return outcome;
}

function listening(faults: Partial<Faults>): Loopback {
  const net = new Loopback({ virtual: true, faults });
  net.listenRaw(80, () => {});
  return net;
}

describe("bytes", () => {
  test.each([1, 7])("writeMax %i: at most so many a step", async (writeMax) => {
    const net = listening({ writeMax });
    const sent: number[] = [];
    const sink = { ...SILENT, sent: (count: number) => sent.push(count) };
    net.connect(TARGET, new Uint8Array(1), sink).write([pattern(50)], 50);
    await net.run();
    expect(sent.reduce((sum, count) => sum + count)).toBe(50);
    expect(Math.max(...sent)).toBe(writeMax);
  });

  test.each([1, 7])("readMax %i: at most so many a read", async (readMax) => {
    const told = connection({ readMax });
    told.client.write(pattern(50));
    await told.net.run();
    expect(told.bytes).toEqual([...pattern(50)]);
    expect(Math.max(...told.reads)).toBe(readMax);
  });

  test.each([1, 2, 3])("split: cuts anywhere (seed %i)", async (seed) => {
    const told = connection({ split: true }, seed);
    told.client.write(pattern(5000));
    await told.net.run();
    expect(told.bytes).toEqual([...pattern(5000)]);
    expect(new Set(told.reads).size).toBeGreaterThan(3);
  });

  test("coalesce: several writes are one read", async () => {
    const told = connection({ coalesce: true, writeMax: 10 });
    told.client.write(pattern(50));
    await told.net.run();
    expect(told.reads).toEqual([50]);
  });

  test("latency: every way takes its time", async () => {
    const { net, client } = connection({ latency: [50, 60] });
    client.onopen = () => client.write("x");
    client.onbytes = () => client.end();
    net.step();
    await net.run();
    expect(net.now).toBeGreaterThanOrEqual(100);
    expect(net.now).toBeLessThan(121);
  });

  test("finWithData: the end comes in the event of the last bytes", async () => {
    for (const finWithData of [false, true]) {
      const { net, server, ...told } = connection({ finWithData });
      told.client.write("x");
      told.client.end();
      while (told.bytes.length === 0) net.step();
      expect(told.log.includes("server end")).toBe(finWithData);
    }
  });
});

describe("resets", () => {
  test.each([0, 1, 33])("resetAfterBytes %i: exactly so many are delivered", async (limit) => {
    const told = connection({ resetAfterBytes: limit });
    told.client.write(pattern(50));
    await told.net.run();
    expect(told.bytes).toEqual([...pattern(limit === 0 ? 0 : 50)].slice(0, limit));
    expect(told.log).toContain(`client failed ${REASON_RESET}`);
    expect(told.net.connections).toEqual([]);
  });

  test("reset: the first read is the last", async () => {
    const told = connection({ reset: 1, readMax: 5 });
    told.client.write(pattern(50));
    await told.net.run();
    expect(told.bytes).toHaveLength(5);
    const failures = told.log.filter((line) => line.includes("failed"));
    expect(failures).toEqual([`client failed ${REASON_RESET}`, `server failed ${REASON_RESET}`]);
    expect(told.log.slice(-2).sort()).toEqual(["client close", "server close"]);
  });

  test("acceptFailure: the client is up, and reset before anybody accepted", async () => {
    const told = connection({ acceptFailure: 1 });
    await told.net.run();
    expect(told.log).toEqual(["client open", `client failed ${REASON_RESET}`, "client close"]);
    expect(told.server).toBeUndefined();
  });
});

describe("connecting", () => {
  test("refuse", async () => {
    expect(await connecting(listening({ refuse: 1 }), "localhost")).toBe(
      `failed ${REASON_REFUSED}`,
    );
  });

  test("notFound: these names, and .invalid", async () => {
    const net = listening({ notFound: ["gone.example"] });
    expect(await connecting(net, "gone.example")).toBe(`failed ${REASON_NOT_FOUND}`);
    expect(await connecting(net, "any.invalid")).toBe(`failed ${REASON_NOT_FOUND}`);
    expect(await connecting(net, "here.example")).toMatch("connected");
  });

  test("lookupFailure: names, not addresses", async () => {
    const net = listening({ lookupFailure: 1 });
    expect(await connecting(net, "localhost")).toBe(`failed ${REASON_NOT_FOUND}`);
    expect(await connecting(net, "127.0.0.1")).toMatch("connected");
    expect(await connecting(net, "::1")).toMatch("connected");
  });

  test("lookupDelay and connectDelay add up; at Infinity nothing ever comes", async () => {
    const latency = [0, 0] as const;
    const both = listening({ latency, lookupDelay: 100, connectDelay: 20 });
    expect(await connecting(both, "localhost")).toBe("connected at 120");
    const never = Number.POSITIVE_INFINITY;
    expect(await connecting(listening({ lookupDelay: never }), "localhost")).toBe("");
    expect(await connecting(listening({ connectDelay: never }), "127.0.0.1")).toBe("");
  });
});

test("reorder: connections overtake each other, each keeps its own order", async () => {
  const net = new Loopback({ virtual: true, faults: { reorder: true } });
  const arrivals: string[] = [];
  net.listenRaw(80, (peer) => {
    peer.onbytes = (bytes) => arrivals.push(String.fromCharCode(...bytes));
  });
  const names = ["a", "b", "c", "d", "e", "f"];
  for (const name of names) net.connectRaw(80).write(name);
  await net.run();
  expect(arrivals.toSorted()).toEqual(names);
  expect(arrivals).not.toEqual(names);
});

test("faults may be changed while the network runs", async () => {
  const told = connection({});
  told.client.write("ab");
  await told.net.run();
  told.net.faults.readMax = 1;
  told.client.write("cd");
  await told.net.run();
  expect(told.reads).toEqual([2, 1, 1]);
});
