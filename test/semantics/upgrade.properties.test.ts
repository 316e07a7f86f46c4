/**
 * Any sends, in any sizes, before and after an upgrade, to a peer that begins to read when it
 * likes, in a large engine and in one so small that most of it waits outside: what was sent before
 * is the plaintext, what was sent after is what TLS brings, byte for byte. SEED=… repeats a run, UPGRADES=…
 * says how many there are.
 */
import { describe, expect } from "vitest";
import { Engine } from "../../bindings/index.ts";
import { nodeHost } from "../../host/node/index.ts";
import { SEED } from "../support/hosts.ts";
import { difference, joined, pattern } from "./support/bytes.ts";
import { numbers, type Random } from "./support/tls-random.ts";
import { ROLES, type Role } from "./support/tls-roles.ts";
import { type TlsWorld, tlsTest } from "./support/tls-world.ts";

const RUNS = Number(process.env.UPGRADES ?? 12);
const TIMEOUT = 15_000 + 1_000 * RUNS;
const SIZES = [1, 7, 300, 4_000, 16_384, 65_536, 65_537, 200_000, 700_000];

/** Some sends, and all their bytes; `mark` tells them from others. */
function sends(random: Random, mark: number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: random(6) }, (_, i) => {
    const size = SIZES[random(SIZES.length)] as number;
    return pattern(1 + random(size), mark + i);
  });
}

async function run(world: TlsWorld, role: Role, random: Random, engine: Engine): Promise<void> {
  const [watch, peer] = await role.pair(world, { engine });
  const { socket } = watch;
  const reads = random(2) === 0;
  if (!reads || role.name === "client") peer.wire.pause();
  const plaintext = sends(random, 1);
  const secret = sends(random, 101);
  const later = sends(random, 201);
  let expected = 0;
  const send = (all: readonly Uint8Array[]): void => {
    for (const bytes of all) {
      expected += bytes.length;
      socket.send(bytes);
      expect(socket.bufferedAmount).toBe(expected);
    }
  };
  send(plaintext);
  const upgraded = socket.upgradeToSecure();
  send(secret);
  if (random(2) === 0) await world.settled();
  const expectedPlain = joined(...plaintext);
  const [plain, secured] = await role.secureBehind(peer, expectedPlain.length);
  expect(difference(plain, expectedPlain)).toBeNull();
  await upgraded;
  for (const bytes of later) socket.send(bytes);
  const ends = random(2) === 0;
  if (ends) socket.close();
  const all = joined(...secret, ...later);
  expect(difference(await secured.got(all.length), all)).toBeNull();
  if (ends) await secured.fired("end");
  while (socket.bufferedAmount > 0) await world.settled();
  expect(watch.types).not.toContain("error");
  socket.closeImmediately();
}

const ENGINES: readonly [string, number][] = [
  ["16 MiB", 16 << 20],
  ["2 MiB", 2 << 20],
];

describe.each(ROLES)("%s", (_, role) => {
  for (const [size, memoryBytes] of ENGINES) {
    tlsTest(
      `M74 M78 M104: random sends, an engine of ${size}, SEED=${SEED}`,
      async (world) => {
        const windowBytes = 16_384;
        for (let i = 0; i < RUNS; i++) {
          const engine = new Engine({ host: nodeHost, memoryBytes, maxSockets: 64, windowBytes });
          await run(world, role, numbers(SEED + i * 7919), engine);
        }
      },
      TIMEOUT,
    );
  }
});
