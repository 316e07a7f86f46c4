/** Dovecot that wants TLS, by STARTTLS and from the first byte on. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { framing, TCPSocket } from "../../bindings/index.ts";
import { runExample } from "../support/run-example.ts";
import { INSTALL_MILLISECONDS, PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { startDovecot } from "./support/dovecot.ts";
import { freshEngine } from "./support/engine.ts";
import type { Program } from "./support/program.ts";
import { scratchFolder } from "./support/scratch.ts";
import { type TlsFiles, tlsFiles } from "./support/tls-files.ts";

vi.setConfig({ testTimeout: PEER_TEST_MILLISECONDS });

const HOST = "127.0.0.1";
const MAILS = 3;
const LOGIN = 'LOGIN "sam" "secret"';
const folder = scratchFolder();
const engine = freshEngine();
let files: TlsFiles;
let dovecot: Program;
let port = 0;
let securePort = 0;

beforeAll(async () => {
  files = await tlsFiles(folder);
  mkdirSync(join(folder, "mail/new"), { recursive: true });
  for (let i = 0; i < MAILS; i++) writeFileSync(join(folder, `mail/new/${i}.1.here`), "Subject: ");
  ({ program: dovecot, port, securePort } = await startDovecot(folder, files));
}, INSTALL_MILLISECONDS);
afterAll(() => dovecot?.stop());

test("Dovecot tells examples/starttls-imap.mjs how many mails there are, in TLS", async () => {
  const args = [HOST, port, "sam", "secret", files.caFile] as const;
  const { lines, complaints, code } = await runExample("starttls-imap", ...args);
  expect({ lines, complaints, code }).toEqual({
    lines: [`* STATUS INBOX (MESSAGES ${MAILS})`],
    complaints: "",
    code: 0,
  });
});

test("examples/starttls-imap.mjs shows no password to a Dovecot it cannot verify", async () => {
  const { complaints, code } = await runExample("starttls-imap", HOST, port, "sam", "secret");
  expect(complaints).toContain("SecurityUntrustedCertificateIssuerError");
  expect(code).toBe(1);
});

/** Sends a line each, and returns what they are answered, up to the tagged line. */
function commander(socket: TCPSocket): (command: string) => Promise<string[]> {
  const lines = socket[Symbol.asyncIterator]();
  const until = async (tag: string): Promise<string[]> => {
    for (const found: string[] = []; ; ) {
      found.push((await lines.next()).value);
      if (found.at(-1)?.startsWith(tag)) return found;
    }
  };
  const greeted = until("* OK");
  let count = 0;
  return async (command) => {
    await greeted;
    const tag = `a${count++}`;
    socket.send(`${tag} ${command}`);
    return until(tag);
  };
}

test("Dovecot takes a login behind STARTTLS, and none before", async () => {
  const socket = new TCPSocket(HOST, port, {
    engine: engine(),
    framing: framing.lines(),
    localAddress: "127.0.0.2", // it trusts plaintext from its own address
    tls: { ca: files.ca },
  });
  const command = commander(socket);
  await socket.opened;
  expect((await command("CAPABILITY"))[0]).toMatch(/ STARTTLS .*LOGINDISABLED/);
  expect((await command(LOGIN)).at(-1)).toMatch(/^a1 NO /);
  expect((await command("STARTTLS")).at(-1)).toMatch(/^a2 OK /);
  const secure = socket.upgradeToSecure();
  expect(socket.ssl).toBe(true);
  expect((await command("CAPABILITY"))[0]).not.toMatch(/STARTTLS|LOGINDISABLED/);
  await secure;
  expect(socket.tlsInfo?.protocol).toBe("TLSv1.3");
  expect((await command(LOGIN)).at(-1)).toMatch(/^a4 OK /);
  expect(await command("SELECT INBOX")).toContain(`* ${MAILS} EXISTS`);
  const [fetched] = await command("FETCH 1 BODY[HEADER]");
  expect(fetched).toMatch(/^\* 1 FETCH /);
  expect((await command("LOGOUT")).at(-1)).toMatch(/^a7 OK /);
  await socket.closed; // Dovecot ends it
});

test("Dovecot takes a login in TLS from the first byte on", async () => {
  const socket = new TCPSocket(HOST, securePort, {
    engine: engine(),
    framing: framing.lines(),
    useSecureTransport: true,
    tls: { ca: files.ca },
  });
  const command = commander(socket);
  await socket.opened;
  expect((await command(LOGIN)).at(-1)).toMatch(/^a0 OK /);
  expect((await command("LOGOUT")).at(-1)).toMatch(/^a1 OK /);
  await socket.closed;
});
