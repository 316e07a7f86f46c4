/** `gnutls-cli` and `gnutls-serv`, as the tests start them. */
import { join } from "node:path";
import { need } from "./debian.ts";
import { startListening } from "./loopback.ts";
import { HOST } from "./openssl.ts";
import { Program } from "./program.ts";
import type { TlsFiles } from "./tls-files.ts";

/** How gnutls is told the one version that it may speak. */
export const PRIORITIES = [
  { priority: "NORMAL:-VERS-ALL:+VERS-TLS1.2", protocol: "TLSv1.2" },
  { priority: "NORMAL:-VERS-ALL:+VERS-TLS1.3", protocol: "TLSv1.3" },
] as const;

let logs = 0;

export function needGnutls(): Promise<string> {
  return need("gnutls-cli", ["gnutls-bin"]);
}

/**
 * Connects, and trusts nobody but the authority; a line it is told ends with CR LF. Prints what it
 * receives, and nothing else: what it has to say itself is in the log.
 */
export async function startGnutlsClient(
  port: number,
  folder: string,
  caFile: string,
  ...args: readonly string[]
): Promise<{ program: Program; log: string }> {
  const log = join(folder, `gnutls-${logs++}.log`);
  const own = ["--x509cafile", caFile, "--port", `${port}`, "--crlf", "--logfile", log];
  return { program: new Program(await needGnutls(), [...own, ...args, HOST]), log };
}

/** Sends back each line. It cannot be told an address: it listens on all interfaces. */
export async function startGnutlsServer(
  { certFile, keyFile }: TlsFiles,
  ...args: readonly string[]
): Promise<{ program: Program; port: number }> {
  const gnutls = await need("gnutls-serv", ["gnutls-bin"]);
  return startListening(HOST, (port) => {
    const own = ["--echo", "--crlf", "--x509certfile", certFile, "--x509keyfile", keyFile];
    return new Program(gnutls, [...own, "--port", `${port}`, ...args]);
  });
}
