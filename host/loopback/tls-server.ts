/**
 * The server's side of a handshake: it chooses what is agreed on, and verifies clients if it is told to.
 *
 * The app may take its time to find the certificate for a name (SNICallback), and is heard once. Must
 * never be verified before the client has answered.
 */
import type { TlsInfo, TlsTarget } from "../transport.ts";
import { type Certificate, distrust, readCertificate, shown } from "./tls-certificate.ts";
import { type LoopbackTlsContext, tlsContext } from "./tls-context.ts";
import { failure, TlsFailure } from "./tls-failure.ts";
import {
  type ClientFinished,
  type ClientHello,
  cipherOf,
  type Handshake,
  type HandshakeOwner,
  type Message,
  serverEnds,
} from "./tls-messages.ts";

export class ServerHandshake implements Handshake {
  info: TlsInfo | null = null;
  readonly #context: LoopbackTlsContext;
  readonly #owner: HandshakeOwner;
  #state: "silent" | "greeted" | "answered" | "over" = "silent";
  #version = "";
  #protocol: string | null = null;

  constructor({ context }: TlsTarget, owner: HandshakeOwner) {
    this.#context = context as LoopbackTlsContext;
    this.#owner = owner;
  }

  begin(): void {}

  hear(message: Message): void {
    if (message.step === 1 && this.#state === "silent") this.#greeted(message);
    else if (message.step === 3 && this.#state === "answered") this.#finished(message);
    else throw failure("ERR_SSL_UNEXPECTED_MESSAGE");
  }

  #greeted(hello: ClientHello): void {
    this.#state = "greeted";
    const version = this.#context.versions.findLast((one) => hello.versions.includes(one));
    if (version === undefined) throw failure("ERR_SSL_UNSUPPORTED_PROTOCOL");
    this.#version = version;
    this.#protocol = this.#choose(hello);
    const { SNICallback: find } = this.#context.options;
    if (find !== undefined && hello.servername !== "") this.#ask(find, hello.servername);
    else this.#answer(this.#context.certificate);
  }

  #choose({ servername, protocols: offered }: ClientHello): string | null {
    const { protocols, options } = this.#context;
    if (offered.length === 0) return null;
    let chosen: unknown;
    if (options.ALPNCallback !== undefined) {
      const asked = { servername, protocols: [...offered] };
      chosen = attempt(() => options.ALPNCallback?.(asked));
    } else {
      if (protocols.length === 0) return null;
      chosen = protocols.find((one) => offered.includes(one));
    }
    if (typeof chosen === "string" && offered.includes(chosen)) return chosen;
    throw failure("ERR_SSL_NO_APPLICATION_PROTOCOL");
  }

  #ask(find: NonNullable<LoopbackTlsContext["options"]["SNICallback"]>, name: string): void {
    const answer = (error: unknown, given?: object): void => {
      if (this.#state !== "greeted") return;
      try {
        if (error) throw error;
        this.#answer(given ? tlsContext(given).certificate : this.#context.certificate);
      } catch (cause) {
        this.#state = "over";
        this.#owner.refuse(cause instanceof TlsFailure ? cause : callbackFailure(cause));
      }
    };
    const thrown = attempt(() => find(name, answer));
    if (thrown instanceof Error) answer(thrown);
  }

  #answer(certificate: Certificate | undefined): void {
    if (certificate === undefined) throw failure("ERR_SSL_NO_SUITABLE_CERTIFICATE");
    this.#state = "answered";
    this.#owner.say({
      step: 2,
      version: this.#version,
      protocol: this.#protocol,
      certificate: certificate.text,
      requestCert: this.#context.requestCert,
    });
  }

  #finished({ certificate: text }: ClientFinished): void {
    this.#state = "over";
    const { requestCert, rejectUnauthorized } = this.#context;
    const certificate = text === null ? undefined : readCertificate(text);
    if (requestCert && rejectUnauthorized) {
      if (certificate === undefined) throw failure("ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE");
      const refusal = distrust(certificate, this.#context, "client");
      if (refusal !== undefined) throw refusal;
    }
    this.info = {
      protocol: this.#version,
      cipher: cipherOf(this.#version),
      alpnProtocol: this.#protocol,
      peerCertificate: certificate === undefined ? null : shown(certificate),
    };
    if (serverEnds(this.#version)) this.#owner.say({ step: 4 });
    this.#owner.agreed();
  }
}

/** The error that `call` throws is its result. */
function attempt(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function callbackFailure(cause: unknown): TlsFailure {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const { code, reason, alert } = failure("ERR_SSL_NO_SUITABLE_CERTIFICATE");
  return new TlsFailure(code, error.message, reason, alert, error);
}
