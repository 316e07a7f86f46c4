/**
 * A Postfix of the test's own: its master process in the foreground, all its files in one folder. It
 * takes mail under TLS only, for itself (peer.example), and for others, whom it hands it on to.
 */
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { need } from "./debian.ts";
import { startListening } from "./loopback.ts";
import { Program } from "./program.ts";
import type { TlsFiles } from "./tls-files.ts";
import { giveTo, idOf } from "./user.ts";

const HOST = "127.0.0.1";
const run = promisify(execFile);

export interface PostfixOptions {
  /** Its certificate, and the authority it trusts. */
  readonly files: TlsFiles;
  /** The port of the server that takes mail for others, under TLS, as "localhost". */
  readonly relay: number;
}

/** Mails to anybody at peer.example end as files in the folder's `mail/new`; it logs to `log`. */
export async function startPostfix(
  folder: string,
  options: PostfixOptions,
): Promise<{ program: Program; port: number }> {
  const postfix = await need("postfix", ["postfix"]);
  const [postconf, configuration] = [join(dirname(postfix), "postconf"), join(folder, "etc")];
  const daemons = (await run(postconf, ["-dh", "daemon_directory"])).stdout.trim();
  for (const name of ["etc", "queue", "data", "mail"]) mkdirSync(join(folder, name));
  chmodSync(folder, 0o755); // its daemons run as several users
  await giveTo("postfix", join(folder, "data"));
  await giveTo("mail", join(folder, "mail"));
  const main = await mainOf(folder, options);
  writeFileSync(join(configuration, "main.cf"), main);
  return startListening(HOST, (port) => {
    writeFileSync(join(configuration, "master.cf"), SERVICES.replace("PORT", `${HOST}:${port}`));
    // What makes the queue's folders must have ended before the daemons look for them.
    const script = `"$0" -c "$2" check && exec "$1/master" -c "$2"`;
    return new Program("sh", ["-c", script, postfix, daemons, configuration]);
  });
}

const SERVICES = `
PORT      inet       n - n -    - smtpd
cleanup   unix       n - n -    0 cleanup
qmgr      unix       n - n 300  1 qmgr
tlsmgr    unix       - - n 1000 1 tlsmgr
rewrite   unix       - - n -    - trivial-rewrite
bounce    unix       - - n -    0 bounce
defer     unix       - - n -    0 bounce
trace     unix       - - n -    0 bounce
proxymap  unix       - - n -    - proxymap
smtp      unix       - - n -    - smtp
virtual   unix       - n n -    - virtual
anvil     unix       - - n -    1 anvil
scache    unix       - - n -    1 scache
postlog   unix-dgram n - n -    1 postlogd
`;

async function mainOf(folder: string, { files, relay }: PostfixOptions): Promise<string> {
  const { uid, gid } = await idOf("mail");
  return `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
myhostname = peer.example
mydestination =
inet_interfaces = ${HOST}
inet_protocols = ipv4
mynetworks = ${HOST}/32
alias_maps =
alias_database =
local_recipient_maps =
relayhost = [${HOST}]:${relay}
smtp_tls_security_level = secure
smtp_tls_secure_cert_match = localhost
smtp_tls_CAfile = ${files.caFile}
smtp_tls_loglevel = 1
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = ${files.certFile}
smtpd_tls_key_file = ${files.keyFile}
smtpd_tls_loglevel = 1
virtual_mailbox_domains = peer.example
virtual_mailbox_base = ${folder}
virtual_mailbox_maps = static:mail/
virtual_minimum_uid = 1
virtual_uid_maps = static:${uid}
virtual_gid_maps = static:${gid}
`;
}
