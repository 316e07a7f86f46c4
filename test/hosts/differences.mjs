/**
 * Tests that pass in Node and fail in another host, by their names, and why. Nothing else may fail there, and
 * none of these may pass.
 */
import { networkInterfaces } from "node:os";

const HOST = "host/node.test.ts > contract: node";
const HOWS = [
  ...["from the first byte", "from the first byte, whole"],
  ...["by upgrade", "by upgrade, into the window", "by upgrade, whole"],
];
const hasIPv6 = Object.values(networkInterfaces()).some((all) =>
  all.some(({ address }) => address === "::1"),
);
const WORLDS = [
  ...[
    "node 127.0.0.1",
    ...(hasIPv6 ? ["node ::1"] : []),
    "loopback",
    "loopback, one-byte reads, FIN with the last",
  ],
  ...["loopback, one-byte writes", "loopback, random splits, SEED=1"],
];

/** The same test of each of several suites. */
function each(suites, name, why) {
  return Object.fromEntries(suites.map((suite) => [name(suite), why]));
}

export const DIFFERENCES = {
  deno: {
    ...each(
      HOWS,
      (how) => `${HOST} > securing > ${how} > a certificate expired: the client fails`,
      "an expired certificate is refused as one of an unknown issuer",
    ),
    [`${HOST} > securing > what cannot be used is thrown at once`]:
      "certificates are not read before the first handshake, which fails",
    ...each(
      HOWS,
      (how) => `${HOST} > secure traffic > ${how} > a reset is no end, but failed as such`,
      "under TLS a reset is told as an end",
    ),
    [`${HOST} > endings > a FIN while a write is under way: the write goes on`]:
      "the peer's FIN fails a write that is under way",
  },
  bun: {
    "host/node/direct-read.test.ts > an accepted connection's bytes land in the window":
      "an accepted socket cannot be given a buffer: its bytes are copied",
    ...each(
      WORLDS,
      (world) =>
        `mozilla/server.test.ts > ${world} > M116 M5: the event has the socket as socket and as data`,
      "isTrusted is a property of each event that says false, but for events with data",
    ),
  },
};
