/** PostgreSQL, as the server that examples/postgres.mjs greets. A cluster of the test's own. */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runExample } from "../support/run-example.ts";
import { INSTALL_MILLISECONDS, need } from "./support/debian.ts";
import { startListening } from "./support/loopback.ts";
import { Program } from "./support/program.ts";
import { scratchFolder } from "./support/scratch.ts";
import { giveTo, runAs } from "./support/user.ts";

const HOST = "127.0.0.1";
const USER = "postgres";
/** Sam needs a password, everybody else does not. */
const RULES = [`host all sam ${HOST}/32 scram-sha-256`, `host all all ${HOST}/32 trust`];
const folder = scratchFolder();
let postgres: Program;
let port = 0;

beforeAll(async () => {
  const path = await need("postgres", ["postgresql"]);
  await giveTo(USER, folder);
  const cluster = join(folder, "cluster");
  const [initdb, given] = runAs(USER, join(dirname(path), "initdb"), [
    ...["-D", cluster, "-U", USER, "--auth=trust", "--no-sync", "--no-instructions"],
  ]);
  await promisify(execFile)(initdb, given, { cwd: folder });
  writeFileSync(join(cluster, "pg_hba.conf"), `${RULES.join("\n")}\n`);
  ({ program: postgres, port } = await startListening(HOST, (port) => {
    const own = ["-D", cluster, "-h", HOST, "-p", `${port}`, "-k", "", "-F"];
    return new Program(...runAs(USER, path, own));
  }));
}, INSTALL_MILLISECONDS);
afterAll(() => postgres?.stop());

test("PostgreSQL is ready for examples/postgres.mjs", async () => {
  const { lines, complaints, code } = await runExample("postgres", HOST, port, USER);
  expect(complaints).toBe("");
  expect(lines.filter((line) => /^server_version is \d/.test(line))).toHaveLength(1);
  expect(lines).toContain("client_encoding is UTF8");
  expect({ last: lines.at(-1), code }).toEqual({ last: "ready", code: 0 });
});

test("PostgreSQL wants a password", async () => {
  const { lines, complaints } = await runExample("postgres", HOST, port, "sam");
  expect(complaints).toBe("");
  expect(lines).toEqual(["it wants authentication of type 10"]);
});

test("PostgreSQL does not know everybody", async () => {
  const { lines, complaints } = await runExample("postgres", HOST, port, "nobody");
  expect(complaints).toBe("");
  expect(lines).toEqual(['error: role "nobody" does not exist']);
});
