/**
 * The client's side of a handshake: it greets, verifies the server, and shows who it is if asked.
 *
 * Must never be verified by a server that it has not looked at.
 */
import type { TlsInfo, TlsTarget } from "../transport.ts";
import { isAddress } from "./names.ts";
import {
  type Certificate,
  distrust,
  readCertificate,
  shown,
  standsFor,
} from "./tls-certificate.ts";
import type { LoopbackTlsContext } from "./tls-context.ts";
import { failure, refusedByApp, type TlsFailure } from "./tls-failure.ts";
import {
  cipherOf,
  type Handshake,
  type HandshakeOwner,
  type Message,
  type ServerHello,
  serverEnds,
} from "./tls-messages.ts";

export class ClientHandshake implements Handshake {
  info: TlsInfo | null = null;
  readonly #context: LoopbackTlsContext;
  /** Whom the certificate must name. */
  readonly #host: string;
  readonly #owner: HandshakeOwner;
  #agreed: TlsInfo | undefined;

  constructor({ context, host }: TlsTarget, owner: HandshakeOwner) {
    this.#context = context as LoopbackTlsContext;
    this.#host = this.#context.options.servername ?? host;
    this.#owner = owner;
  }

  begin(): void {
    const { versions, protocols } = this.#context;
    const servername = isAddress(this.#host) ? "" : this.#host;
    this.#owner.say({ step: 1, servername, protocols, versions });
  }

  hear(message: Message): void {
    if (message.step === 2 && this.#agreed === undefined) this.#greeted(message);
    else if (message.step === 4 && this.#agreed !== undefined && this.info === null) this.#end();
    else throw failure("ERR_SSL_UNEXPECTED_MESSAGE");
  }

  #greeted({ version, protocol, certificate: text, requestCert }: ServerHello): void {
    const { versions, protocols, certificate: own } = this.#context;
    if (!versions.includes(version)) throw failure("ERR_SSL_UNSUPPORTED_PROTOCOL", version);
    const offered = protocol === null || protocols.includes(protocol);
    if (!offered) throw failure("ERR_SSL_NO_APPLICATION_PROTOCOL");
    const certificate = readCertificate(text);
    const refusal = this.#context.rejectUnauthorized ? this.#refusal(certificate) : undefined;
    if (refusal !== undefined) throw refusal;
    this.#agreed = {
      protocol: version,
      cipher: cipherOf(version),
      alpnProtocol: protocol,
      peerCertificate: shown(certificate),
    };
    this.#owner.say({ step: 3, certificate: (requestCert && own?.text) || null });
    if (!serverEnds(version)) this.#end();
  }

  #end(): void {
    this.info = this.#agreed ?? null;
    this.#owner.agreed();
  }

  #refusal(certificate: Certificate): TlsFailure | undefined {
    const { checkServerIdentity: check } = this.#context.options;
    const distrusted = distrust(certificate, this.#context, "server");
    if (distrusted !== undefined) return distrusted;
    if (check !== undefined) return askApp(check, this.#host, certificate);
    if (standsFor(certificate, this.#host)) return undefined;
    return failure("ERR_TLS_CERT_ALTNAME_INVALID", this.#host);
  }
}

type Check = NonNullable<LoopbackTlsContext["options"]["checkServerIdentity"]>;

/** As with node:tls: a certificate in its older form, and an Error or nothing in return. */
function askApp(check: Check, host: string, certificate: Certificate): TlsFailure | undefined {
  const { validFrom, validTo, subjectAltName, fingerprint256, raw } = shown(certificate);
  const form = {
    subject: { CN: certificate.names[0] },
    issuer: { CN: certificate.issuer },
    subjectaltname: subjectAltName,
    valid_from: validFrom,
    valid_to: validTo,
    ...{ fingerprint256, raw },
  };
  try {
    const refusal = check(host, form);
    if (refusal === undefined || refusal === null) return undefined;
    return refusedByApp(refusal instanceof Error ? refusal : new Error(String(refusal)));
  } catch (error) {
    return refusedByApp(error instanceof Error ? error : new Error(String(error)));
  }
}
