/**
 * PostgreSQL, as the server that examples/postgres.mjs greets, and that turns to TLS in a way of its own:
 * eight bytes ask for it, and one answers. A cluster of the test's own.
 */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { framing, TCPSocket } from "../../bindings/index.ts";
import { runExample } from "../support/run-example.ts";
import { INSTALL_MILLISECONDS, need } from "./support/debian.ts";
import { freshEngine } from "./support/engine.ts";
import { startListening } from "./support/loopback.ts";
import { Program } from "./support/program.ts";
import { scratchFolder } from "./support/scratch.ts";
import { type TlsFiles, tlsFiles } from "./support/tls-files.ts";
import { giveTo, runAs } from "./support/user.ts";

const HOST = "127.0.0.1";
const USER = "postgres";
/** Sam needs a password, everybody else does not. */
const RULES = [`host all sam ${HOST}/32 scram-sha-256`, `host all all ${HOST}/32 trust`];
const folder = scratchFolder();
const engine = freshEngine();
let files: TlsFiles;
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
  files = await tlsFiles(folder);
  await giveTo(USER, folder);
  ({ program: postgres, port } = await startListening(HOST, (port) => {
    const own = ["-D", cluster, "-h", HOST, "-p", `${port}`, "-k", "", "-F"];
    const { certFile, keyFile } = files;
    const tls = [
      "-c",
      "ssl=on",
      "-c",
      `ssl_cert_file=${certFile}`,
      "-c",
      `ssl_key_file=${keyFile}`,
    ];
    return new Program(...runAs(USER, path, [...own, ...tls]));
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

test("PostgreSQL is ready in TLS, and sees that it is", async () => {
  const tls = { ca: files.ca };
  const socket = new TCPSocket(HOST, port, { engine: engine(), framing: framing.fixed(1), tls });
  const messages = socket[Symbol.asyncIterator]();
  await socket.opened;
  socket.setFraming(null);
  socket.send("\0\0\0\x08\x04\xd2\x16\x2f"); // SSLRequest
  socket.setFraming(framing.fixed(1));
  expect((await messages.next()).value).toBe("S");
  await socket.upgradeToSecure();
  socket.setFraming(framing.lengthPrefixed({ adjust: -4 }));
  socket.send(`\0\x03\0\0user\0${USER}\0database\0postgres\0\0`);
  socket.setFraming(framing.lengthPrefixed({ offset: 1, adjust: -4 }));
  const next = async (type: string): Promise<string> => {
    for (;;) {
      const { value: message = type } = await messages.next();
      if ((message as string)[0] === type) return message as string;
    }
  };
  await next("Z");
  socket.send("Q\0\0\0\0SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()\0");
  expect(await next("D")).toContain("TLSv1.3");
  socket.send("X\0\0\0\0");
  socket.close();
  await socket.closed;
});
