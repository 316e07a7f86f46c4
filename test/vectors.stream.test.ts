/**
 * scripts/vectors.mjs, as embedders use it: what it prints can be played as it stands, by somebody
 * who knows no splits, and its verdict on the answers names every script that did not pass.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FOLDER } from "./support/vectors/lock.ts";
import { ReferenceShim } from "./support/vectors/reference-shim.ts";
import { replay } from "./support/vectors/replay.ts";
import { parse, readScripts } from "./support/vectors/script.ts";

/** All are played by vectors.test.ts, unstreamed; a prime, so that all kinds of variants are among these. */
const EVERY = 37;
const TOTAL = readFileSync(`${FOLDER}digests.txt`, "utf8").match(/^all (.*)$/m)?.[1];

function vectors(args: string[], input = ""): { status: number | null; stdout: string } {
  const options = { input, encoding: "utf8", maxBuffer: 2 ** 28 } as const;
  const { status, stdout, stderr } = spawnSync("node", ["scripts/vectors.mjs", ...args], options);
  expect(stderr).toBe("");
  return { status, stdout };
}

/** The digests of every so-manieth script; what needs a full pool is skipped, as by a poor host. */
function answer(stream: string): string[] {
  return stream.split(/\n(?=\{"sansock":)/).map((text, index) => {
    const id = JSON.parse(text.slice(0, text.indexOf("\n"))).id;
    if (index % EVERY !== 0) return `${id} skip not now`;
    const script = parse(text, id);
    const { requires = [], engine } = script.header;
    if (requires.some((feature) => feature !== "framing")) return `${id} skip ${requires}`;
    return `${id} ${replay({ ...script, name: "streamed" }, new ReferenceShim(engine))}`;
  });
}

test("a split of a script, streamed, has the digest of its script", () => {
  const answers = answer(vectors(["--splits"]).stdout);
  const { status, stdout } = vectors(["--splits", "--check", "-", "--json"], answers.join("\n"));
  const { passed, failures, skips } = JSON.parse(stdout);
  expect(failures).toEqual([]);
  expect(skips.length).toBe(answers.filter((line) => line.includes(" skip ")).length);
  expect(passed + skips.length).toBe(answers.length);
  expect(answers.length).toBeGreaterThan(10 * readScripts().length);
  expect(passed).toBeGreaterThan(100);
  expect(status).toBe(0);
}, 60_000);

test("what did not pass is named, with the reason, and fails the check", () => {
  const lines = readFileSync(`${FOLDER}digests.txt`, "utf8").trimEnd().split("\n").slice(0, -1);
  const [first = "", second = "", third = "", fourth = ""] = lines.map(
    (line) => line.split(" ")[0],
  );
  const rest = lines.slice(4);
  const bad = [`${first} ${"0".repeat(64)}`, `${second} error trapped`, `${third} skip slow`];
  const { status, stdout } = vectors(["--check", "-"], [...bad, ...rest, "a/b 1"].join("\n"));
  expect(stdout.trimEnd().split("\n").slice(0, -1)).toEqual([
    `failed ${first}: another digest, ${"0".repeat(64)}`,
    `failed ${second}: trapped`,
    `failed ${fourth}: no answer`,
    "failed a/b: nobody asked",
    `skipped ${third}: slow`,
  ]);
  expect(stdout).toContain(`${rest.length} passed, 4 failed, 1 skipped`);
  expect(status).toBe(1);
});

test("a host that passes everything has the total digest", () => {
  const all = readFileSync(`${FOLDER}digests.txt`, "utf8").replace(/^all .*\n/m, "");
  const { status, stdout } = vectors(["--check", "-"], all);
  expect(stdout).toContain(`0 failed, 0 skipped, digest ${TOTAL}`);
  expect(status).toBe(0);
});
