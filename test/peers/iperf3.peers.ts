/**
 * iperf3 through a relay of sansock: its client connects to a TCPServerSocket, whose sockets are
 * joined to TCPSockets connected to its server. One connection is for control, small messages both
 * ways, while others are full; a test that lost, swapped or held back any of them would not end.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { INSTALL_MILLISECONDS, need, PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { MIB } from "./support/digest.ts";
import { freshEngine } from "./support/engine.ts";
import { freePort, LOOPBACKS } from "./support/loopback.ts";
import { Program } from "./support/program.ts";
import { HIGH_WATER_BYTES, type Joint, Relay } from "./support/relay.ts";
import { scratchFolder } from "./support/scratch.ts";

vi.setConfig({ testTimeout: PEER_TEST_MILLISECONDS });
/** What `-J` prints, as far as it is read here. */
interface Report {
  readonly error?: string;
  readonly end: {
    readonly sum_sent: { readonly bytes: number };
    readonly sum_received: { readonly bytes: number };
  };
}

interface Relayed {
  /** Bytes, as iperf3 counts them. */
  readonly sent: number;
  readonly received: number;
  /** All connections but the first, which is for control. */
  readonly data: readonly Joint[];
}

/** With it each data connection begins, client to server. */
const COOKIE_BYTES = 37;
const TRIES_MAX = 3;
const WINDOW_BYTES = 128 * 1024;

let iperf3: string;
const running: Program[] = [];
beforeAll(async () => {
  iperf3 = await need("iperf3", ["iperf3"]);
}, INSTALL_MILLISECONDS);
afterEach(async () => {
  for (const program of running.splice(0)) await program.stop();
});

function start(...args: string[]): Program {
  const program = new Program(iperf3, args);
  running.push(program);
  return program;
}

/** A server for one test, started anew when somebody else has taken its port meanwhile. */
async function startServer(host: string): Promise<{ server: Program; port: number }> {
  for (let tries = 1; ; tries++) {
    const port = await freePort(host);
    const server = start("-s", "-1", "-B", host, "-p", String(port), "--forceflush");
    try {
      await server.prints(/listening on/);
      return { server, port };
    } catch (error) {
      if (tries === TRIES_MAX) throw error;
    }
  }
}

/** A side that came to its end, or that of a server that had read enough. */
const ORDERLY = ["open", "end", "close"];
const CUT_OFF = ["open", "error", "close"];
const ACCEPTED = ["end", "close"];

/** Both ends have ended, and what each sent the other received. */
function expectWhole({ front, back }: Joint): void {
  expect(front.events).toEqual(ACCEPTED);
  expect(back.events).toEqual(ORDERLY);
  expect(back.socket.bytesSent).toBe(front.received.bytes);
  expect(front.socket.bytesSent).toBe(back.received.bytes);
}

function sum(joints: readonly Joint[], count: (joint: Joint) => number): number {
  return joints.reduce((total, joint) => total + count(joint), 0);
}

describe.each(LOOPBACKS)("iperf3 on $host", ({ host, exists }) => {
  const folder = scratchFolder();
  const engine = freshEngine();

  /** Runs both programs to their ends, and in success. */
  async function run(streams: number, ...more: string[]): Promise<Relayed> {
    const { server, port } = await startServer(host);
    const relay = new Relay(engine(), host, port);
    const log = join(folder, `report-${streams}${more}.json`);
    const args = ["-c", host, "-p", `${relay.port}`, "-P", `${streams}`, "-n", "64M", ...more];
    await start(...args, "-J", "--logfile", log).output();
    await server.output();
    await relay.end();

    const { error, end } = JSON.parse(readFileSync(log, "utf8")) as Report;
    expect(error).toBeUndefined();
    expect(end.sum_sent.bytes).toBeGreaterThanOrEqual(64 * MIB);
    expect(relay.joints).toHaveLength(1 + streams);
    expect(relay.waits).toBeGreaterThan(100);
    expect(relay.bufferedPeak).toBeLessThanOrEqual(HIGH_WATER_BYTES + WINDOW_BYTES);
    const [control, ...data] = relay.joints;
    expectWhole(control as Joint);
    return { sent: end.sum_sent.bytes, received: end.sum_received.bytes, data };
  }

  test.skipIf(!exists).each([1, 4])("64 MiB to the server, on %i at a time", async (streams) => {
    const { sent, received, data } = await run(streams);
    const cookies = streams * COOKIE_BYTES;
    expect(sum(data, ({ front }) => front.received.bytes)).toBe(sent + cookies);
    // The server stops reading, in the midst of it, when the client says that it has sent all: even
    // without a relay it counts less. So the relay must have passed on what it counted, or more.
    const passed = sum(data, ({ back }) => back.socket.bytesSent);
    expect(passed).toBeGreaterThanOrEqual(received + cookies);
    for (const joint of data) {
      if (joint.back.error === null) expectWhole(joint);
      else expect([joint.front.events, joint.back.events]).toEqual([ACCEPTED, CUT_OFF]);
    }
  });

  test.skipIf(!exists).each([1, 4])("64 MiB from the server, on %i at a time", async (streams) => {
    const { sent, received, data } = await run(streams, "-R");
    expect(received).toBe(sent);
    expect(sum(data, ({ back }) => back.received.bytes)).toBe(sent);
    for (const joint of data) expectWhole(joint);
  });
});
