/**
 * sslscan, which shakes hands in many odd ways, from the first byte on and behind STARTTLS: what it finds
 * that we speak, and that we live on.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import { INSTALL_MILLISECONDS, need, PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { freshEngine } from "./support/engine.ts";
import { LineServer } from "./support/line-server.ts";
import { HOST, startClient } from "./support/openssl.ts";
import { Program } from "./support/program.ts";
import { stoppedAfterwards } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch.ts";
import { DIALECTS, type Dialect, speaking } from "./support/starttls.ts";
import { type TlsFiles, tlsFiles } from "./support/tls-files.ts";

vi.setConfig({ testTimeout: PEER_TEST_MILLISECONDS });

const PROTOCOLS = [
  'type="ssl" version="2" enabled="0"',
  'type="ssl" version="3" enabled="0"',
  'type="tls" version="1.0" enabled="0"',
  'type="tls" version="1.1" enabled="0"',
  'type="tls" version="1.2" enabled="1"',
  'type="tls" version="1.3" enabled="1"',
];
const folder = scratchFolder();
const engine = freshEngine();
const stopped = stoppedAfterwards();
let sslscan: string;
let files: TlsFiles;

beforeAll(async () => {
  sslscan = await need("sslscan", ["sslscan"]);
  files = await tlsFiles(folder);
}, INSTALL_MILLISECONDS);

test.each([
  { how: "from the first byte on", scans: [], starts: [], options: { useSecureTransport: true } },
  {
    how: "behind STARTTLS",
    scans: ["--starttls-smtp"],
    starts: ["-starttls", "smtp"],
    options: speaking(DIALECTS[0] as Dialect),
  },
])("sslscan finds nothing old, $how", async ({ scans, starts, options }) => {
  const { cert, key } = files;
  const lines = await LineServer.listen(HOST, engine(), { ...options, tls: { cert, key } });
  const found = join(folder, "found.xml");
  const args = [...scans, "--no-colour", `--xml=${found}`, `${HOST}:${lines.port}`];
  await stopped(new Program(sslscan, args)).output();
  const scan = readFileSync(found, "utf8");
  const protocols = [...scan.matchAll(/<protocol (.*) \/>/g)].map(([, protocol]) => protocol);
  expect(protocols).toEqual(PROTOCOLS);
  expect(scan).not.toMatch(/vulnerable="1"|<compression supported="1"|strength="(weak|null|anon)/);
  expect(scan).toMatch(/<cipher status="preferred" sslversion="TLSv1.3"/);

  const client = stopped(await startClient(lines.port, files.caFile, "-crlf", ...starts));
  client.tell("bye\n");
  await client.prints(/^bye\r\n$/);
  await lines.end();
});
