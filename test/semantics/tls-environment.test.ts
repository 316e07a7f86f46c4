/** NODE_TLS_REJECT_UNAUTHORIZED switches off node's verification, not ours. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { certificate, HOST, type Kind } from "../support/certificates.ts";
import { identity, type TlsWorld, tlsTest } from "./support/tls-world.ts";

/** A program of its own: connects, or upgrades, and prints what it gets, as JSON. */
const PROGRAM = `
  import { TCPSocket } from "./index.js";
  const { host, port, ca, upgrade, more } = JSON.parse(process.argv[1]);
  const said = [];
  const socket = new TCPSocket(host, port, { useSecureTransport: !upgrade, tls: { ca, ...more } });
  socket.onopen = () => {
    said.push("open");
    if (upgrade) socket.upgradeToSecure().then(() => socket.close(), () => {});
    else socket.close();
  };
  socket.onerror = ({ name }) => said.push(name);
  socket.onclose = () => console.log(JSON.stringify(said));
`;

interface Run {
  readonly port: number;
  readonly upgrade?: boolean;
  readonly more?: object;
}

/** What the program prints, run with the variable set. */
async function run(options: Run): Promise<unknown> {
  const { ca } = await certificate();
  const input = JSON.stringify({ host: HOST, ca, ...options });
  const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM, "--", input], {
    cwd: fileURLToPath(new URL("../../dist/", import.meta.url)),
    env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: "0" },
    timeout: 10_000,
  });
  let out = "";
  let complaints = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  await once(child, "close");
  expect(out, complaints).not.toBe("");
  return JSON.parse(out);
}

const REFUSED: readonly [Kind, string][] = [
  ["selfSigned", "SecurityUntrustedCertificateIssuerError"],
  ["expired", "SecurityExpiredCertificateError"],
  ["wrongName", "SecurityCertificateDomainMismatchError"],
];

describe("with NODE_TLS_REJECT_UNAUTHORIZED=0", () => {
  for (const [kind, name] of REFUSED) {
    tlsTest(`${kind}: refused from the first byte, and after an upgrade`, async (world) => {
      const own = await identity(certificate(kind));
      const { port } = await world.tlsPeers(own);
      expect(await run({ port })).toEqual([name]);
      const plain = await plainPort(world, own);
      expect(await run({ port: plain, upgrade: true })).toEqual(["open", name]);
    });
  }

  tlsTest("a good one is accepted", async (world) => {
    const { port } = await world.tlsPeers();
    expect(await run({ port })).toEqual(["open"]);
    expect(await run({ port: await plainPort(world, await identity()), upgrade: true })).toEqual([
      "open",
    ]);
  });

  tlsTest("the option rejectUnauthorized: false still does switch it off", async (world) => {
    const { port } = await world.tlsPeers(await identity(certificate("selfSigned")));
    expect(await run({ port, more: { rejectUnauthorized: false } })).toEqual(["open"]);
  });
});

/** A port whose next connection becomes TLS at once, as a server behind STARTTLS. */
async function plainPort(world: TlsWorld, own: { cert: string; key: string }): Promise<number> {
  const { port, accept } = await world.plainPeers();
  void accept().then((peer) => peer.secureServer(own).catch(() => {}));
  return port;
}
