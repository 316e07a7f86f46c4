/** Dovecot, as the IMAP server from which examples/imap.mjs fetches a mail. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runExample } from "../support/run-example.ts";
import { INSTALL_MILLISECONDS } from "./support/debian.ts";
import { startDovecot } from "./support/dovecot.ts";
import type { Program } from "./support/program.ts";
import { scratchFolder } from "./support/scratch.ts";

const HOST = "127.0.0.1";
/** It looks like what the server says, with CR LF where the file has LF. */
const MAIL = ["Subject: a3 OK", "", "a3 OK {7}", "grüß dich", ")", ""];
const folder = scratchFolder();
let dovecot: Program;
let port = 0;

beforeAll(async () => {
  mkdirSync(join(folder, "mail/new"), { recursive: true });
  writeFileSync(join(folder, "mail/new/1.1.here"), MAIL.join("\n"));
  ({ program: dovecot, port } = await startDovecot(folder));
}, INSTALL_MILLISECONDS);
afterAll(() => dovecot?.stop());

test("Dovecot sends examples/imap.mjs the mail", async () => {
  const { lines, complaints, code } = await runExample("imap", HOST, port, "sam", "secret");
  expect(complaints).toBe("");
  expect(lines).toEqual(MAIL.join("\r\n").split("\n"));
  expect(code).toBe(0);
});

test("Dovecot refuses a wrong password", async () => {
  const { complaints, code } = await runExample("imap", HOST, port, "sam", "wrong");
  expect(complaints).toContain("a1 NO [AUTHENTICATIONFAILED]");
  expect(code).toBe(1);
});
