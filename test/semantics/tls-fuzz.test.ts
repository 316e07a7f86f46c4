/**
 * Handshakes with bytes changed, cut off or added on their way, in both directions: each connection
 * ends in an orderly way, nothing that was not sent is delivered, and the others do not notice.
 * SEED=… repeats a run, UPGRADES=… says how many there are.
 */
import { describe, expect } from "vitest";
import { certificate, HOST } from "../support/certificates.ts";
import { SEED } from "../support/hosts.ts";
import { text } from "./support/bytes.ts";
import { numbers, type Random } from "./support/tls-random.ts";
import { type Change, TlsRelay } from "./support/tls-relay.ts";
import { identity, type TlsWorld, tlsTest } from "./support/tls-world.ts";
import type { Watch } from "./support/watch.ts";

const ROUNDS = Number(process.env.UPGRADES ?? 40);
const TIMEOUT = 15_000 + 1_000 * ROUNDS;
const QUESTION = "question";
const ANSWER = "answer";

/** Changes one byte, takes some out, or puts some in, somewhere in the first bytes that pass. */
function damage(random: Random): Change {
  const at = random(4) > 0 ? random(64) : random(2500);
  const how = random(3);
  let passed = 0;
  return (bytes) => {
    const here = at - passed;
    passed += bytes.length;
    if (here < 0 || here >= bytes.length) return bytes;
    const [front, back] = [bytes.subarray(0, here), bytes.subarray(here)];
    if (how === 0) {
      const changed = Buffer.from(bytes);
      changed[here] = (changed[here] as number) ^ (1 + random(255));
      return changed;
    }
    if (how === 1) return Buffer.concat([front, back.subarray(1 + random(16))]);
    const added = Buffer.from(Array.from({ length: 1 + random(16) }, () => random(256)));
    return Buffer.concat([front, added, back]);
  };
}

const none: Change = (bytes) => bytes;

/** A question and its answer through a relay that damages one direction. */
async function converse(world: TlsWorld, relay: TlsRelay, accepted: Set<Watch>): Promise<Watch> {
  const { ca } = await certificate();
  const secure = { useSecureTransport: true, tls: { ca } };
  const client = world.open(relay.port, { ...secure, idleTimeout: 150 }, HOST);
  client.socket.onopen = () => client.socket.send(QUESTION);
  client.socket.ondata = () => {
    if (client.received === ANSWER.length) client.socket.close();
  };
  await client.fired("close");
  for (const watch of accepted) await watch.fired("close");
  return client;
}

describe.each(["client", "server"])(`what the %s says is damaged, SEED=${SEED}`, (side) => {
  tlsTest(
    "from the first byte",
    async (world) => {
      const tls = await identity();
      const own = { useSecureTransport: true, tls, handshakeTimeout: 150 };
      const { server, port, accepted } = world.listen(own);
      server.onconnect = ({ socket }) => {
        if (socket) socket.ondata = () => socket.send(ANSWER);
      };
      let through = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const random = numbers(SEED + round * 7919);
        const change = damage(random);
        const changes = side === "client" ? [change, none] : [none, change];
        const relay = await TlsRelay.changing(port, changes as [Change, Change]);
        const from = accepted.length;
        const client = await converse(world, relay, new Set(accepted.slice(from)));
        relay.close();
        const what = `round ${round}: ${client.types}`;
        expect(client.types, what).toMatch(/^(open )?(data )?(error )?close$/);
        expect(ANSWER.startsWith(text(client.bytes)), what).toBe(true);
        if (client.types === "open data close") through += 1;
        for (const watch of accepted.slice(from)) {
          expect(QUESTION.startsWith(text(watch.bytes)), what).toBe(true);
        }
      }
      expect(through, "damage is seen").toBeLessThan(ROUNDS);
      const relay = await TlsRelay.changing(port, [none, none]);
      const good = await converse(world, relay, new Set());
      relay.close();
      expect(good.types, String(good.error?.error)).toBe("open data close");
    },
    TIMEOUT,
  );
});
