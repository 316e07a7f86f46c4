/**
 * Who builds the sources gets the very files that are published: the core comes out the same in a
 * checkout in another folder, and SHA256SUMS says of each file what it is.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

const MILLISECONDS = 120_000;
const BUILDS = { "core.wasm": "release", "core.simd.wasm": "simd" };

const published = join(inject("packed").project, "node_modules/sansock/dist");
const folder = mkdtempSync(join(tmpdir(), "sansock-another-checkout-"));
for (const path of ["assembly", "asconfig.json", "scripts", "package.json"]) {
  cpSync(path, join(folder, path), { recursive: true });
}
symlinkSync(resolve("node_modules"), join(folder, "node_modules"));

beforeAll(() => {
  const cores = Object.entries(BUILDS);
  const args = cores.flatMap(([file, target]) => ["assembly/index.ts", target, file]);
  execFileSync(process.execPath, ["scripts/build-core.mjs", ...args], { cwd: folder });
}, MILLISECONDS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.for(Object.keys(BUILDS))("%s, built again", (file) => {
  const again = readFileSync(join(folder, file));
  const before = readFileSync(join(published, file));
  // What is published has a section more: the version.
  expect(before.subarray(0, again.length).equals(again)).toBe(true);
  expect(before.subarray(again.length + 3).toString("latin1")).toMatch(/^sansock\{.*\}$/);
});

test("SHA256SUMS has all wasm files, and is right", () => {
  const wasm = readdirSync(published).filter((name) => name.endsWith(".wasm"));
  const lines = wasm.sort().map((name) => {
    const sum = createHash("sha256").update(readFileSync(join(published, name)));
    return `${sum.digest("hex")}  ${name}\n`;
  });
  expect(lines).toHaveLength(3);
  expect(readFileSync(join(published, "SHA256SUMS"), "utf8")).toBe(lines.join(""));
});
