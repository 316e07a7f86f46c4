/**
 * Postfix, on either side of STARTTLS: it takes mail from examples/starttls-smtp.mjs, and hands mail on
 * to examples/starttls-server.mjs. It speaks to nobody whose certificate it cannot verify.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { framing, TCPSocket } from "../../bindings/index.ts";
import { pathOf, runExample } from "../support/run-example.ts";
import { INSTALL_MILLISECONDS, PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { freshEngine } from "./support/engine.ts";
import { startPostfix } from "./support/postfix.ts";
import { Program } from "./support/program.ts";
import { scratchFolder } from "./support/scratch.ts";
import { type TlsFiles, tlsFiles } from "./support/tls-files.ts";

vi.setConfig({ testTimeout: PEER_TEST_MILLISECONDS });

const HOST = "127.0.0.1";
const SENDER = "sansock@peer.example";
const folder = scratchFolder();
const engine = freshEngine();
let files: TlsFiles;
let postfix: Program;
let relay: Program;
let port = 0;

beforeAll(async () => {
  files = await tlsFiles(folder);
  const { certFile, keyFile } = files;
  relay = new Program(process.execPath, [pathOf("starttls-server"), HOST, "0", certFile, keyFile]);
  const [, relayPort] = await relay.prints(/port (\d+)/);
  const options = { files, relay: Number(relayPort) };
  ({ program: postfix, port } = await startPostfix(folder, options));
}, INSTALL_MILLISECONDS);
afterAll(async () => {
  await postfix?.stop();
  await relay?.stop();
});

/** Waits until it says so in its log. */
async function logs(said: RegExp): Promise<void> {
  const log = (): string => readFileSync(join(folder, "log"), "utf8");
  await expect.poll(log, { timeout: 20_000 }).toMatch(said);
}

function mails(): string[] {
  const arrived = join(folder, "mail/new");
  if (!existsSync(arrived)) return [];
  return readdirSync(arrived).map((name) => readFileSync(join(arrived, name), "utf8"));
}

test("Postfix takes a mail from examples/starttls-smtp.mjs, in TLS", async () => {
  const mailbox = "sam@peer.example";
  const outcome = await runExample("starttls-smtp", HOST, port, SENDER, mailbox, files.caFile);
  expect(outcome).toMatchObject({ complaints: "", code: 0 });
  const [, id] = outcome.lines.join("\n").match(/^250 .*queued as (\w+)$/) ?? [];
  await logs(RegExp(`${id}: to=<sam@peer.example>.* status=sent`));
  const [mail] = mails();
  expect(mail).toMatch(RegExp(`with ESMTPS id ${id}\n`));
  expect(mail).toMatch(/Subject: sansock\n[\s\S]*\n\nSaid in secret.\n/);
});

test("Postfix hands a mail on to examples/starttls-server.mjs, in TLS", async () => {
  const elsewhere = "sam@elsewhere.example";
  const outcome = await runExample("starttls-smtp", HOST, port, SENDER, elsewhere, files.caFile);
  expect(outcome).toMatchObject({ complaints: "", code: 0 });
  await logs(/Verified TLS connection established to 127\.0\.0\.1/);
  await logs(/to=<sam@elsewhere\.example>.* status=sent \(250 printed\)/);
  await relay.prints(/with ESMTPS id[\s\S]*\nSubject: sansock\n[\s\S]*\nSaid in secret\.\n/);
});

test("examples/starttls-smtp.mjs says nothing to a Postfix it cannot verify", async () => {
  const before = mails().length;
  const { complaints, code } = await runExample("starttls-smtp", HOST, port, SENDER, SENDER);
  expect(complaints).toContain("SecurityUntrustedCertificateIssuerError");
  expect(code).toBe(1);
  await logs(/lost connection after STARTTLS/);
  expect(mails()).toHaveLength(before);
});

test("Postfix answers twenty commands sent behind STARTTLS before its handshake", async () => {
  const tls = { ca: files.ca };
  const socket = new TCPSocket(HOST, port, { engine: engine(), framing: framing.lines(), tls });
  const lines = socket[Symbol.asyncIterator]();
  const next = async (): Promise<string> => (await lines.next()).value;
  await socket.opened;
  expect(await next()).toMatch(/^220 /);
  socket.send("EHLO client.example");
  while (/^250-/.test(await next()));
  socket.send("STARTTLS");
  expect(await next()).toMatch(/^220 /);
  const secure = socket.upgradeToSecure();
  for (let i = 0; i < 20; i++) socket.send("NOOP");
  socket.send("QUIT");
  for (let i = 0; i < 20; i++) expect(await next()).toMatch(/^250 /);
  expect(await next()).toMatch(/^221 /);
  await secure;
  await socket.closed; // Postfix ends it
});
