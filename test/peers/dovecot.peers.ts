/** Dovecot, as the IMAP server from which examples/imap.mjs fetches a mail. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runExample } from "../support/run-example.ts";
import { INSTALL_MILLISECONDS, need } from "./support/debian.ts";
import { startListening } from "./support/loopback.ts";
import { Program } from "./support/program.ts";
import { scratchFolder } from "./support/scratch.ts";
import { giveTo } from "./support/user.ts";

const HOST = "127.0.0.1";
/** It looks like what the server says, with CR LF where the file has LF. */
const MAIL = ["Subject: a3 OK", "", "a3 OK {7}", "grüß dich", ")", ""];
const folder = scratchFolder();
let dovecot: Program | undefined;
let port = 0;

/** Mails are the user mail's: Dovecot serves none of root's. */
function configuration(port: number): string {
  return `
base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = /dev/stderr
protocols = imap
listen = ${HOST}
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:${folder}/mail
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${folder}
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
`;
}

beforeAll(async () => {
  const path = await need("dovecot", ["dovecot-imapd"]);
  for (const name of ["new", "cur", "tmp"])
    mkdirSync(join(folder, "mail", name), { recursive: true });
  writeFileSync(join(folder, "mail/new/1.1.here"), MAIL.join("\n"));
  await giveTo("mail", folder);
  ({ program: dovecot, port } = await startListening(HOST, (port) => {
    const file = join(folder, "dovecot.conf");
    writeFileSync(file, configuration(port));
    return new Program(path, ["-F", "-c", file]);
  }));
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
