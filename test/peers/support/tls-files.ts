/** A certificate of the tests, also as the files that programs read it from. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Certificate, certificate, type Kind } from "../../support/certificates.ts";

export interface TlsFiles extends Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
}

/** Writes it into the folder. */
export async function tlsFiles(folder: string, kind: Kind = "server"): Promise<TlsFiles> {
  const made = await certificate(kind);
  const write = (name: string, text: string): string => {
    const path = join(folder, `${kind}-${name}.pem`);
    writeFileSync(path, text, { mode: 0o600 }); // PostgreSQL takes no key that others may read
    return path;
  };
  return {
    ...made,
    certFile: write("cert", made.cert),
    keyFile: write("key", made.key),
    caFile: write("ca", made.ca),
  };
}
