/** Every entry by require(), which gives what import gives; and no other file. */
const assert = require("node:assert/strict");

const ENTRIES = ["sansock", "sansock/loopback", "sansock/mozilla"];
const INNER = ["sansock/dist/index.js", "sansock/dist/types/bindings/driver.d.ts", "sansock/dist"];

async function main() {
  for (const entry of ENTRIES) assert.equal(require(entry), await import(entry), entry);
  assert.equal(require("sansock/package.json").name, "sansock");
  for (const path of INNER) {
    assert.throws(() => require.resolve(path), { code: "ERR_PACKAGE_PATH_NOT_EXPORTED" }, path);
  }
  const { TCPSocket } = require("sansock");
  assert.throws(() => new TCPSocket("localhost", -1), TypeError);
}

main();
