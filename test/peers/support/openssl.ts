/** `openssl s_server` and `openssl s_client`, as the tests start them. */
import { need } from "./debian.ts";
import { startListening } from "./loopback.ts";
import { Program } from "./program.ts";
import type { TlsFiles } from "./tls-files.ts";

export const HOST = "127.0.0.1";

/** The versions of TLS there are for us: what openssl's flags call them, and Node. */
export const VERSIONS = [
  { flag: "-tls1_2", protocol: "TLSv1.2" },
  { flag: "-tls1_3", protocol: "TLSv1.3" },
] as const;

export function needOpenssl(): Promise<string> {
  return need("openssl", ["openssl"]);
}

/** Listens with the certificate; what it does with connections is said by `args`. */
export async function startServer(
  { certFile, keyFile }: TlsFiles,
  ...args: readonly string[]
): Promise<{ program: Program; port: number }> {
  const openssl = await needOpenssl();
  return startListening(HOST, (port) => {
    const own = ["-accept", `${HOST}:${port}`, "-cert", certFile, "-key", keyFile];
    return new Program(openssl, ["s_server", ...own, ...args]);
  });
}

/**
 * Connects, and trusts nobody but the authority. Prints what it receives, and nothing else; ends
 * when the server does, in failure if the handshake failed.
 */
export async function startClient(
  port: number,
  caFile: string,
  ...args: readonly string[]
): Promise<Program> {
  const trust = ["-CAfile", caFile, "-no-CApath", "-no-CAstore", "-verify_return_error"];
  const own = ["-connect", `${HOST}:${port}`, ...trust, "-brief"];
  return new Program(await needOpenssl(), ["s_client", ...own, ...args]);
}
