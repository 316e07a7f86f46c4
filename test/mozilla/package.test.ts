/** `sansock/mozilla` as it is published: its classes are those of `sansock`, not copies. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const PROGRAM = `
  import assert from "node:assert/strict";
  import { createRequire } from "node:module";
  import * as sansock from "sansock";
  import { Loopback } from "sansock/loopback";
  import * as mozilla from "sansock/mozilla";

  const engine = new sansock.Engine({ host: new Loopback({ virtual: true }) });
  const server = mozilla.mozTCPSocket.listen(0, { engine });
  const socket = new mozilla.TCPSocket("h", "8105", { engine });
  assert(socket instanceof sansock.TCPSocket);
  assert(server instanceof sansock.TCPServerSocket);
  assert.throws(() => new mozilla.TCPSocket("h", 1, { engine, binaryType: "uint8array" }), TypeError);
  assert.equal(mozilla.TCPSocket.name, "TCPSocket");
  assert.equal(mozilla.TCPServerSocket.name, "TCPServerSocket");
  const names = ["TCPServerSocket", "TCPSocket", "install", "mozTCPSocket"];
  assert.deepEqual(Object.keys(mozilla).sort(), names);
  assert.equal(createRequire(import.meta.url)("sansock/mozilla").TCPSocket, mozilla.TCPSocket);
  console.log("fine");
`;

test("sansock/mozilla extends the classes of sansock, by import and by require()", () => {
  const args = ["--no-warnings", "--input-type=module", "-e", PROGRAM];
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const options = { cwd, encoding: "utf8", timeout: 10_000, stdio: "pipe" } as const;
  expect(execFileSync(process.execPath, args, options).trim()).toBe("fine");
});
