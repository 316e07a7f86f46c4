/** TLS through the strict profile: useSSL is TLS, and upgradeToSecure() gives nothing back. */
import { expect } from "vitest";
import { mozTCPSocket, TCPSocket } from "../../bindings/mozilla.ts";
import { HOST } from "../support/certificates.ts";
import { causeOf, failureOf, UNTRUSTED } from "./support/tls-failure.ts";
import { identity, tlsTest } from "./support/tls-world.ts";
import { Watch } from "./support/watch.ts";

/** Nobody's well-known authority: the strict profile has no option `tls`. */
tlsTest(
  "M13 M52: useSSL verifies: no open, an error of class SecurityCertificate",
  async (world) => {
    const { port, accept } = await world.plainPeers();
    const client = new Watch(mozTCPSocket.open(HOST, port, { useSSL: true }));
    expect(client.socket.ssl).toBe(true);
    const peer = await accept();
    await peer.secureServer(identity()).catch(() => {});
    await client.fired("close");
    expect(failureOf(client)).toEqual(UNTRUSTED);
    expect(causeOf(client)).toHaveProperty("code");
    expect(client.types).toBe("error close");
  },
);

tlsTest(
  "M102 M105: upgradeToSecure() returns undefined; a failure is error and close",
  async (world) => {
    const { port, accept } = await world.plainPeers();
    const client = new Watch(new TCPSocket(HOST, port));
    const peer = await accept();
    await client.fired("open");
    expect(client.socket.upgradeToSecure()).toBeUndefined();
    expect(client.socket.upgradeToSecure(), "a no-op").toBeUndefined();
    expect(client.socket.ssl).toBe(true);
    peer.secureServer(identity());
    await client.fired("close");
    await world.settled(); // an unhandled rejection would fail the run
    expect(failureOf(client)).toEqual(UNTRUSTED);
    expect(client.types).toBe("open error close");
    expect(() => client.socket.upgradeToSecure()).toThrow(DOMException);
  },
);
