/** Every entry by import: all its names and no other. */
import assert from "node:assert/strict";
import * as sansock from "sansock";
import * as loopback from "sansock/loopback";
import * as mozilla from "sansock/mozilla";

assert.deepEqual(Object.keys(sansock).sort(), [
  "Engine",
  "MessageBatch",
  "TCPServerSocket",
  "TCPServerSocketEvent",
  "TCPSocket",
  "TCPSocketError",
  "TCPSocketErrorEvent",
  "TCPSocketEvent",
  "framing",
]);
assert.deepEqual(Object.keys(loopback), ["Loopback"]);
const strict = ["TCPServerSocket", "TCPSocket", "install", "mozTCPSocket"];
assert.deepEqual(Object.keys(mozilla).sort(), strict);

// What Node prints of them: a bundler may have renamed a class.
for (const [name, value] of Object.entries(sansock)) {
  if (typeof value === "function") assert.equal(value.name, name);
}
