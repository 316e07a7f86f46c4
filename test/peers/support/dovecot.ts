/**
 * A Dovecot of the test's own, which knows one user, sam, whose password is "secret". With a
 * certificate it wants to be spoken to in TLS, by STARTTLS or, on a port of its own, from the start.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { need } from "./debian.ts";
import { freePort, startListening } from "./loopback.ts";
import { Program } from "./program.ts";
import type { TlsFiles } from "./tls-files.ts";
import { giveTo } from "./user.ts";

const HOST = "127.0.0.1";

/** Mails are the files in the folder's `mail/new`. */
export async function startDovecot(
  folder: string,
  files?: TlsFiles,
): Promise<{ program: Program; port: number; securePort: number }> {
  const path = await need("dovecot", ["dovecot-imapd"]);
  for (const name of ["new", "cur", "tmp"])
    mkdirSync(join(folder, "mail", name), { recursive: true });
  await giveTo("mail", folder);
  const securePort = files === undefined ? 0 : await freePort(HOST);
  const started = await startListening(HOST, (port) => {
    const file = join(folder, "dovecot.conf");
    writeFileSync(file, configuration(folder, port, securePort, security(files)));
    return new Program(path, ["-F", "-c", file]);
  });
  return { ...started, securePort };
}

function security(files: TlsFiles | undefined): string {
  if (files === undefined) return "ssl = no\ndisable_plaintext_auth = no";
  return `ssl = required\nssl_cert = <${files.certFile}\nssl_key = <${files.keyFile}`;
}

/** Mails are the user mail's: Dovecot serves none of root's. */
function configuration(folder: string, port: number, imaps: number, security: string): string {
  return `
base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = /dev/stderr
protocols = imap
listen = ${HOST}
${security}
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
    port = ${imaps}
    ssl = yes
  }
}
`;
}
