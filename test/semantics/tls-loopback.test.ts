/**
 * TLS that is broken at a place of our choice: an alert in answer to each message of a handshake, a reset
 * and an end behind each byte. Whatever happens, a socket ends once, and says why at most once.
 */
import { randomInt } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Faults } from "../../host/loopback/index.ts";
import { LINES, Rig, startTlsClient, startTlsServer } from "./support/loopback-tls.ts";
import { failureOf } from "./support/tls-failure.ts";
import type { Watch } from "./support/watch.ts";

/** Of every so many bytes one; SEED says which, and the name of a test too. */
const STRIDE = 7;
const FIRST = Number(process.env.SEED ?? randomInt(STRIDE)) % STRIDE;

/** Long enough for every deadline. */
const LONG = 100_000;

const TLS_1_2 = { cert: "name=localhost,issuer=test", key: "any", maxVersion: "TLSv1.2" };

interface Run {
  readonly rig: Rig;
  readonly client: Watch;
  /** Lines that the client heard. */
  readonly heard: readonly string[];
}

type Conversation = (faults: Partial<Faults>, options?: object) => Run;

/** Echoes one line. */
function fresh(faults: Partial<Faults>, options: object = {}): Run {
  const rig = new Rig(faults);
  const heard: string[] = [];
  rig.serve({ ...LINES, ...options, useSecureTransport: true }, ({ socket }) => {
    socket.addEventListener("data", ({ data }) => socket.send(`echo ${data}`));
  });
  const client = rig.open({ ...LINES, useSecureTransport: true });
  client.socket.addEventListener("open", () => client.socket.send("secret"));
  client.socket.addEventListener("data", ({ data }) => {
    heard.push(String(data));
    client.socket.close();
  });
  return { rig, client, heard };
}

function startTls(faults: Partial<Faults>, options: object = {}): Run {
  const rig = new Rig(faults);
  const heard: string[] = [];
  rig.serve({ ...LINES, ...options }, startTlsServer([]));
  const client = rig.open(LINES);
  startTlsClient(client, heard);
  return { rig, client, heard };
}

const CONVERSATIONS: readonly (readonly [string, Conversation, readonly string[]])[] = [
  ["TLS from the first byte", fresh, ["echo secret"]],
  ["STARTTLS", startTls, ["220 ready", "220 go ahead", "250 secure", "echo secret"]],
];

/** It has ended as a socket may, and heard a part of what it should, in order. */
function expectSound({ rig, client, heard }: Run, all: readonly string[], where: string): void {
  expect(heard, where).toEqual(all.slice(0, heard.length));
  for (const watch of [client, ...rig.accepted]) {
    expect(watch.all("close").length, `${where}: ${watch.types}`).toBe(1);
    expect(watch.types.endsWith("close"), where).toBe(true);
    if (watch.error !== undefined) failureOf(watch);
    expect(watch.socket.bufferedAmount, where).toBe(0);
  }
  expect(rig.net.connections, where).toEqual([]);
}

describe.each(CONVERSATIONS)("%s", (_, converse, all) => {
  test.each([1, 2, 3])("an alert in answer to message %i of the handshake", async (tlsAlertAt) => {
    const run = converse({ tlsAlertAt });
    await run.rig.run(LONG);
    expectSound(run, all, "alert");
    expect(failureOf(run.client).slice(0, 2)).toEqual(["SecurityError", "SecurityProtocol"]);
    expect(run.heard).not.toContain("echo secret");
    for (const server of run.rig.accepted) expect(failureOf(server)[1]).toBe("SecurityProtocol");
  });

  test("TLSv1.2 has a fourth; an alert in answer to it is the client's", async () => {
    const run = converse({ tlsAlertAt: 4 }, { tls: TLS_1_2 });
    await run.rig.run(LONG);
    expectSound(run, all, "alert");
    expect(failureOf(run.client)[1]).toBe("SecurityProtocol");
    const latest = converse({ tlsAlertAt: 4 });
    await latest.rig.run(LONG);
    expect(latest.heard).toEqual(all);
  });

  test("tlsAlert is a probability", async () => {
    const [never, always] = [converse({ tlsAlert: 0 }), converse({ tlsAlert: 1 })];
    await never.rig.run(LONG);
    await always.rig.run(LONG);
    expect(never.heard).toEqual(all);
    expect(failureOf(always.client)[1]).toBe("SecurityProtocol");
  });

  test(`a reset behind byte ${FIRST}, and each ${STRIDE} on, SEED=${FIRST}`, async () => {
    const whole = await carried(converse);
    for (let resetAfterBytes = FIRST; resetAfterBytes < whole; resetAfterBytes += STRIDE) {
      const run = converse({ resetAfterBytes });
      await run.rig.run(LONG);
      expectSound(run, all, `reset behind ${resetAfterBytes} of ${whole} bytes`);
    }
  });

  test.each(["client", "server"] as const)(
    `the %s sees an end behind one, SEED=${FIRST}`,
    async (side) => {
      const whole = await carried(converse);
      for (let bytes = FIRST; bytes < whole; bytes += STRIDE) {
        const run = converse({ readMax: 1 });
        while (run.rig.net.connections.length === 0 && run.rig.net.step());
        const [connection] = run.rig.net.connections;
        while (connection !== undefined && connection.carried < bytes) {
          if (!run.rig.net.step()) break;
          await Promise.resolve();
        }
        connection?.end(side);
        await run.rig.run(LONG);
        expectSound(run, all, `${side}'s end behind ${bytes} of ${whole} bytes`);
      }
    },
  );
});

/** How many bytes the conversation takes. */
async function carried(converse: Conversation): Promise<number> {
  const { rig } = converse({});
  while (rig.net.connections.length === 0) rig.net.step();
  const [connection] = rig.net.connections;
  await rig.run(LONG);
  return connection?.carried ?? 0;
}
