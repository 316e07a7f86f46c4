/** TLS options for each host's own kind of certificates: whom to be, and whom to trust. */
import { certificate } from "../../support/certificates.ts";

/** TLS options; `server` is for localhost and 127.0.0.1, and `trusting` trusts all but one's issuer. */
export interface Keys {
  readonly server: object;
  readonly elsewhere: object;
  readonly expired: object;
  readonly unknown: object;
  readonly person: object;
  readonly trusting: object;
  /** Cannot be read. */
  readonly broken: object;
}

export async function nodeKeys(): Promise<Keys> {
  const own = async (kind: Parameters<typeof certificate>[0]): Promise<object> => {
    const { cert, key } = await certificate(kind);
    return { cert, key };
  };
  return {
    server: await own("server"),
    elsewhere: await own("wrongName"),
    expired: await own("expired"),
    unknown: await own("unknownIssuer"),
    person: await own("client"),
    trusting: { ca: (await certificate()).ca },
    broken: { ...(await own("server")), cert: "rubbish" },
  };
}

export async function loopbackKeys(): Promise<Keys> {
  const own = (cert: string): object => ({ cert, key: "any" });
  return {
    server: own("name=localhost,name=127.0.0.1,issuer=test"),
    elsewhere: own("name=elsewhere.test,issuer=test"),
    expired: own("name=localhost,name=127.0.0.1,issuer=test,expired"),
    unknown: own("name=localhost,name=127.0.0.1,issuer=another"),
    person: own("name=client,issuer=test,usage=client"),
    trusting: { ca: "test" },
    broken: own("rubbish"),
  };
}
