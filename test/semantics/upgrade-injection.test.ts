/**
 * M107: plaintext that came and was not delivered when an upgrade starts. It may be an attacker's,
 * who wants it to be taken for what came under TLS: the socket fails, and none of it is delivered.
 */
import { describe, expect } from "vitest";
import { framing, type MessageBatch } from "../../bindings/index.ts";
import { latin1 } from "./support/bytes.ts";
import { Heard } from "./support/heard.ts";
import { expectGuarded } from "./support/tls-failure.ts";
import { type Both, ROLES, type Role } from "./support/tls-roles.ts";
import { tlsTest } from "./support/tls-world.ts";
import type { Watch } from "./support/watch.ts";

const LINES: Both = { framing: framing.lines({ eol: "\n" }) };
const INJECTED: readonly [string, string][] = [
  ["a line", "injected\n"],
  ["part of a line", "inj"],
  ["one byte", "i"],
  ["many lines", "injected\n".repeat(1000)],
  ["an empty line", "\n"],
];

/** Fails as it must: the same error for the promise, nothing heard but "go". */
async function expectRefused(role: Role, watch: Watch, upgraded: Promise<void>): Promise<string> {
  await watch.fired("close");
  expectGuarded(watch);
  await expect(upgraded).rejects.toBe(watch.error?.error);
  expect(role.types(watch)).toMatch(/^(data )?error close$/);
  return watch.error?.error?.message ?? "";
}

/** Upgrades in the handler of the line "go"; the promise is that of the upgrade. */
function upgradeOnGo(role: Role, { socket }: Watch): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.addEventListener("data", ({ data }) => {
      if (data === "go") role.upgrade(socket).then(resolve, reject);
    });
  });
}

describe.each(ROLES)("M107: %s", (_, role) => {
  describe("behind the line that says go, in one segment", () => {
    for (const [name, injected] of INJECTED) {
      tlsTest(`M107: data, ${name}`, async (world) => {
        const [watch, peer] = await role.pair(world, LINES);
        const upgraded = upgradeOnGo(role, watch);
        peer.wire.write(latin1(`go\n${injected}`));
        const message = await expectRefused(role, watch, upgraded);
        expect(watch.chunks).toEqual(["go"]);
        expect(message).toMatch(/plaintext.*handshake/);
      });

      tlsTest(`M107: messages, stopAfter() that line, ${name}`, async (world) => {
        const [watch, peer] = await role.pair(world, LINES);
        const [upgraded, heard] = upgradeInBatch(role, watch, (batch) => batch.stopAfter(0));
        peer.wire.write(latin1(`go\n${injected}`));
        await expectRefused(role, watch, upgraded);
        expect(heard.messages).toEqual(["go"]);
      });
    }
  });

  /** Upgrades in the first batch, in which only the first message is looked at. */
  function upgradeInBatch(
    role: Role,
    { socket }: Watch,
    first: (batch: MessageBatch) => void,
  ): [Promise<void>, Heard] {
    const heard = new Heard();
    const upgraded = new Promise<void>((resolve, reject) => {
      socket.onmessages = ({ data: batch }) => {
        heard.add(batch.at(0));
        first(batch);
        role.upgrade(socket).then(resolve, reject);
      };
    });
    return [upgraded, heard];
  }

  tlsTest(
    "M107: a batch of two without stopAfter(): the error says what to call",
    async (world) => {
      const [watch, peer] = await role.pair(world, LINES);
      const [upgraded, heard] = upgradeInBatch(role, watch, () => {});
      peer.wire.write(latin1("go\ninjected\n"));
      const message = await expectRefused(role, watch, upgraded);
      expect(message).toContain("stopAfter");
      expect(heard.messages).toEqual(["go"]);
    },
  );

  tlsTest("M107: a batch of one, and part of a line behind it", async (world) => {
    const [watch, peer] = await role.pair(world, LINES);
    const [upgraded, heard] = upgradeInBatch(role, watch, () => {});
    peer.wire.write(latin1("go\ninj"));
    await expectRefused(role, watch, upgraded);
    expect(heard.messages).toEqual(["go"]);
  });

  for (const [name, stop, line] of [
    ["a batch of one without stopAfter()", false, "go\n"],
    ["a batch of one with it", true, "go\n"],
    ["a batch of two, stopAfter() the last", true, "and\ngo\n"],
  ] as const) {
    tlsTest(`M107: ${name} is delivered whole: it upgrades`, async (world) => {
      const [watch, peer] = await role.pair(world, LINES);
      const [upgraded, heard] = upgradeInBatch(role, watch, (batch) => {
        if (stop) batch.stopAfter(batch.length - 1);
        watch.socket.onmessages = null;
      });
      const secured = await role.secure(peer, line);
      await upgraded;
      expect(heard.messages).toHaveLength(1);
      secured.wire.write(latin1("secret\n"));
      await watch.got(6);
      expect(watch.chunks).toEqual(["secret"]);
    });
  }

  for (const [name, injected] of INJECTED) {
    tlsTest(`M107: held since the app suspended: ${name}`, async (world) => {
      const [watch, peer] = await role.pair(world, LINES);
      watch.socket.addEventListener("data", () => watch.socket.suspend(), { once: true });
      peer.wire.write(latin1(`go\n${injected}`));
      await watch.got(2);
      await world.settled();
      const upgraded = role.upgrade(watch.socket);
      watch.socket.resume();
      const message = await expectRefused(role, watch, upgraded);
      expect(watch.chunks).toEqual(["go"]);
      expect(message).toMatch(/plaintext.*handshake/);
    });

    // What the system holds for a socket that does not read is TLS's to refuse.
    tlsTest(`M107: came while suspended, not read yet: ${name}`, async (world) => {
      for (const options of [LINES, {}]) {
        const [watch, peer] = await role.pair(world, options);
        watch.socket.suspend();
        peer.wire.write(latin1(injected));
        await world.settled();
        const upgraded = role.upgrade(watch.socket);
        role.secure(peer, "").catch(() => {});
        await watch.fired("close");
        expectGuarded(watch);
        await expect(upgraded).rejects.toBe(watch.error?.error);
        expect(role.types(watch)).toBe("error close");
      }
    });
  }

  tlsTest("M107: suspended in the handler: what is behind counts all the same", async (world) => {
    const [watch, peer] = await role.pair(world, LINES);
    const upgraded = upgradeOnGo(role, watch);
    watch.socket.addEventListener("data", () => watch.socket.suspend());
    peer.wire.write(latin1("go\ninjected\n"));
    await expectRefused(role, watch, upgraded);
    expect(watch.chunks).toEqual(["go"]);
  });

  tlsTest("M107: setFraming() in the same handler does not save what is behind", async (world) => {
    const [watch, peer] = await role.pair(world, LINES);
    const upgraded = upgradeOnGo(role, watch);
    watch.socket.addEventListener("data", () => watch.socket.setFraming(null));
    peer.wire.write(latin1("go\ninjected\n"));
    await expectRefused(role, watch, upgraded);
    expect(watch.chunks).toEqual(["go"]);
  });

  tlsTest("M107: several windows full of lines", async (world) => {
    const [watch, peer] = await role.pair(world, LINES);
    const upgraded = upgradeOnGo(role, watch);
    peer.wire.write(latin1(`go\n${`${"x".repeat(99)}\n`.repeat(50_000)}`));
    await expectRefused(role, watch, upgraded);
    expect(watch.chunks).toEqual(["go"]);
  });
});
