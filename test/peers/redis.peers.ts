/** redis-server, as what examples/redis.mjs talks to. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { runExample } from "../support/run-example.ts";
import { INSTALL_MILLISECONDS, need } from "./support/debian.ts";
import { startListening } from "./support/loopback.ts";
import { Program } from "./support/program.ts";
import { scratchFolder } from "./support/scratch.ts";

const HOST = "127.0.0.1";
const folder = scratchFolder();
let redis: Program;
let port = 0;

async function start(...options: string[]): Promise<void> {
  const path = await need("redis-server", ["redis-server"]);
  ({ program: redis, port } = await startListening(HOST, (port) => {
    const own = ["--port", `${port}`, "--bind", HOST, "--dir", folder];
    return new Program(path, [...own, "--save", "", "--appendonly", "no", ...options]);
  }));
}

beforeAll(() => start("--requirepass", ""), INSTALL_MILLISECONDS);
afterAll(() => redis?.stop());

test("redis-server answers examples/redis.mjs", async () => {
  const { lines, complaints, code } = await runExample("redis", HOST, port);
  expect(complaints).toBe("");
  expect(lines).toEqual(["OK", "grüß dich", "[ 'two\\r\\nlines', 2, [ null ] ]"]);
  expect(code).toBe(0);
});

test("redis-server that wants a password says so", async () => {
  await redis.stop();
  await start("--requirepass", "secret");
  const { lines, complaints, code } = await runExample("redis", HOST, port);
  expect(complaints).toContain("Error: NOAUTH Authentication required.");
  expect({ lines, code }).toEqual({ lines: [""], code: 1 });
});
