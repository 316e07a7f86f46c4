/**
 * The conformance scripts of test/vectors, on the reference and on every build of the core. Each is
 * played in every variant (test/support/vectors/variants.ts), all of which have one digest: the one
 * in test/vectors/digests.txt. `VECTORS=digests npm test` writes that file and vectors.lock anew.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { BUILDS } from "./support/embedder.ts";
import { SEED } from "./support/hosts.ts";
import { sha256 } from "./support/vectors/bytes.ts";
import { CoreShim } from "./support/vectors/core-shim.ts";
import { FOLDER, lockLines } from "./support/vectors/lock.ts";
import { ReferenceShim } from "./support/vectors/reference-shim.ts";
import { replay } from "./support/vectors/replay.ts";
import { readScripts, type Script } from "./support/vectors/script.ts";
import type { Shim } from "./support/vectors/shim.ts";
import { variantsOf } from "./support/vectors/variants.ts";

type Host = [name: string, features: readonly string[], make: (script: Script) => Shim];

const HOSTS: Host[] = [
  ["the reference", ["framing"], ({ header }) => new ReferenceShim(header.engine)],
  ...BUILDS.map((build): Host => {
    return [
      build,
      ["batch", "framing", "memory"],
      ({ header }) => new CoreShim(build, header.engine),
    ];
  }),
];

const DIGESTS = `${FOLDER}digests.txt`;
const LOCK = `${FOLDER}vectors.lock`;
const WRITE = process.env.VECTORS === "digests";

const scripts = readScripts();
const locked = new Map(readLines(DIGESTS).map((line) => line.split(" ") as [string, string]));
const digests = new Map<string, string>();

function readLines(file: string): string[] {
  return readFileSync(file, "utf8").trimEnd().split("\n");
}

/** Plays every variant, all on one engine. */
function play(script: Script, shim: Shim): string {
  const played = variantsOf(script, SEED).map((variant) => replay(variant, shim));
  expect([...new Set(played)], "what is said depends on how it is split").toHaveLength(1);
  return played[0] as string;
}

describe.each(HOSTS)(`%s (cuts of long input: seed ${SEED})`, (_name, features, make) => {
  for (const script of scripts) {
    const { id, requires = [] } = script.header;
    const lacks = requires.some((feature) => !features.includes(feature));
    test.skipIf(lacks)(id, () => {
      const digest = play(script, make(script));
      if (!WRITE) expect(digest, "VECTORS=digests npm test").toBe(locked.get(id));
      expect(digest, "hosts differ").toBe(digests.get(id) ?? digest);
      digests.set(id, digest);
    });
  }
});

test.skipIf(WRITE)("test/vectors/digests.txt has a line for each script, and their total", () => {
  const lines = readLines(DIGESTS).slice(0, -1);
  expect(lines.map((line) => line.replace(/ .*/, ""))).toEqual(
    scripts.map(({ header }) => header.id),
  );
  expect(locked.get("all")).toBe(totalOf(lines));
});

test.skipIf(WRITE)("test/vectors/vectors.lock has the hashes of all that is vendored", () => {
  expect(readLines(LOCK), "VECTORS=digests npm test").toEqual(lockLines());
});

function totalOf(lines: readonly string[]): string {
  return sha256(lines.map((line) => `${line}\n`).join(""));
}

afterAll(() => {
  if (!WRITE) return;
  const lines = scripts.map(({ header }) => `${header.id} ${digests.get(header.id)}`);
  const text = [...lines, `all ${totalOf(lines)}`, ""].join("\n");
  writeFileSync(DIGESTS, text);
  writeFileSync(LOCK, [...lockLines(), ""].join("\n"));
  console.log(text);
});
