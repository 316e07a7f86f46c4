/**
 * The WASI command in node:wasi: it needs three functions of WASI, plays every conformance script to
 * the digest it has everywhere, and a script that goes wrong does not pass.
 */
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { run } from "./support/program.ts";
import { judge, texts } from "./support/vectors/stream.ts";

const MILLISECONDS = 120_000;
const PLAYER = "test/hosts/play-wasi.mjs";

beforeAll(async () => void (await run("scripts/build-conformance.mjs")), MILLISECONDS);

test("imports nothing but reading, writing, and leaving", () => {
  const wasm = readFileSync(new URL("../build/conformance.wasm", import.meta.url));
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm));
  expect(imports.map(({ module, name }) => `${module}.${name}`).sort()).toEqual([
    "wasi_snapshot_preview1.fd_read",
    "wasi_snapshot_preview1.fd_write",
    "wasi_snapshot_preview1.proc_exit",
  ]);
});

test("every conformance script has its digest", { timeout: MILLISECONDS }, async () => {
  const verdict = judge(await run(PLAYER, [], `${[...texts(false)].join("\n")}\n`), false);
  expect(verdict.failures).toEqual([]);
  expect(verdict.skips).toEqual([]);
  expect(verdict.passed).toBeGreaterThan(300);
});

test.each([
  ["what is not refused", '{"op":"connected","s":"a","refused":"state"}', "connected: not refused"],
  ["what is refused", '{"op":"resume","s":"a"}', "resume: refused state"],
  ["a handler that never runs", '{"op":"close","s":"a","after":{"drain":1}}', "close: never ran"],
  ["another return", '{"op":"send","s":"a","text":"x","returns":false}', "send: returned 1"],
  ["no operation", '{"op":"dance","s":"a"}', "exit code 255"],
  ["no JSON", '{"op":"connected","s":', "exit code 255"],
])("%s is an error", async (_, line, error) => {
  const head = ['{"sansock":1,"id":"a/b","about":"c"}', '{"op":"open","s":"a","role":"client"}'];
  const up = line.includes("connected") ? [] : ['{"op":"connected","s":"a"}'];
  const answer = await run(PLAYER, [], [...head, ...up, line, ""].join("\n"));
  expect(answer).toBe(`a/b error ${error}\n`);
});
