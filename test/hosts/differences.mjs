/**
 * Tests of Node's host that fail in another, by their names, and why. Nothing else may fail there, and none of
 * these may pass.
 */
const SECURING = "node.test.ts > contract: node > securing";

const EXPIRED = "an expired certificate is refused as one of an unknown issuer";

export const DIFFERENCES = {
  deno: {
    [`${SECURING} > from the first byte > a certificate expired: the client fails`]: EXPIRED,
    [`${SECURING} > by upgrade > a certificate expired: the client fails`]: EXPIRED,
    [`${SECURING} > by upgrade, into the window > a certificate expired: the client fails`]:
      EXPIRED,
    [`${SECURING} > what cannot be used is thrown at once`]:
      "certificates are not read before the first handshake, which fails",
  },
  bun: {
    "node/direct-read.test.ts > an accepted connection's bytes land in the window":
      "an accepted socket cannot be given a buffer: its bytes are copied",
  },
};
