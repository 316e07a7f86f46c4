import { expect, test } from "vitest";
import { Engine, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";

/** What becomes of an upgrade with options of its own, by a client that asked for `host`. */
async function upgrade(host: string, options: object): Promise<string> {
  const engine = new Engine({ host: new Loopback() });
  const tls = { cert: "name=localhost,issuer=test", key: "any" };
  const server = new TCPServerSocket(0, { engine, tls });
  server.onconnect = ({ socket }) => {
    socket?.upgradeToSecure().catch(() => {});
  };
  const client = new TCPSocket(host, server.localPort, { engine });
  await client.opened;
  const result = await client.upgradeToSecure(options).then(
    () => "secure",
    ({ name }) => name,
  );
  await engine.drain(0);
  return result;
}

test("an upgrade with options of its own verifies the host that was asked for", async () => {
  const mismatch = "SecurityCertificateDomainMismatchError";
  expect(await upgrade("localhost", { ca: "test" })).toBe("secure");
  expect(await upgrade("elsewhere.test", { ca: "test" })).toBe(mismatch);
  expect(await upgrade("elsewhere.test", { ca: "test", servername: "localhost" })).toBe("secure");
  expect(await upgrade("localhost", { ca: "test", servername: "elsewhere.test" })).toBe(mismatch);
});
