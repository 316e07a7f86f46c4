/**
 * The TLS of one connection: its handshake, then what it has agreed.
 *
 * A client is verified when node:tls says `secureConnect`. For a server node:tls says `secure`, and the
 * client's certificate is still to be looked at.
 */
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { REASON_PLAINTEXT_LEFT } from "../../assembly/reasons.ts";
import type { ConnectTarget, Sink, TlsInfo, TlsTarget } from "../transport.ts";
import { holdBelow } from "./others.ts";
import { reasonOf } from "./reasons.ts";
import { clientRefusal, serverRefusal, tlsInfoOf } from "./tls.ts";
import { isPlaintext, tlsReasonOf } from "./tls-reasons.ts";

/** Owns the verdict about the peer. */
export class Handshake {
  readonly #tls: TlsTarget;
  /** What the sink is told when the peer is verified. */
  readonly #tells: "connected" | "secured";
  /** Socket options to set once TCP is up: tls.connect() ignores them. */
  readonly #settings: ConnectTarget | undefined;
  /** TCP is up: what fails from now on is the handshake. */
  #connected: boolean;
  #verified = false;
  #info: TlsInfo | undefined;

  constructor(tls: TlsTarget, tells: "connected" | "secured", settings?: ConnectTarget) {
    this.#tls = tls;
    this.#tells = tells;
    this.#settings = settings;
    this.#connected = settings === undefined;
  }

  reasonOf(error: unknown): number {
    if (!this.#connected) return reasonOf(error);
    const upgrading = this.#tells === "secured" && !this.#verified;
    return upgrading && isPlaintext(error)
      ? REASON_PLAINTEXT_LEFT
      : tlsReasonOf(error, this.#verified);
  }

  /** It is paused, or no longer. A handshake goes on for all that. */
  hold(socket: Socket, held: boolean): void {
    if (this.#verified) holdBelow(socket, held);
  }

  /** An event of the socket's. */
  told(type: string, socket: TLSSocket, sink: Sink | null): void {
    if (type === "connect") this.#up(socket);
    else if (type === "secureConnect") this.#judge(serverRefusal(socket, this.#tls), socket, sink);
    else if (type === "secure" && this.#tls.server) {
      this.#judge(clientRefusal(socket, this.#tls), socket, sink);
    }
  }

  /** Null before the peer is verified, and when first asked for after the end. */
  infoOf(socket: TLSSocket): TlsInfo | null {
    if (this.#verified && !socket.destroyed) this.#info ??= tlsInfoOf(socket);
    return this.#info ?? null;
  }

  #up(socket: TLSSocket): void {
    this.#connected = true;
    if (this.#settings === undefined) return;
    const { noDelay, keepAlive } = this.#settings;
    socket.setNoDelay(noDelay);
    if (keepAlive !== false) socket.setKeepAlive(true, keepAlive);
  }

  #judge(refusal: Error | undefined, socket: TLSSocket, sink: Sink | null): void {
    if (refusal === undefined) this.#agreed(socket, sink);
    else sink?.failed(tlsReasonOf(refusal, false), refusal);
  }

  /** A server may ask a client to renegotiate (TLS 1.2): it is judged again, and nothing else changes. */
  #agreed(socket: TLSSocket, sink: Sink | null): void {
    if (this.#verified) return;
    this.#verified = true;
    // The handshake made it read; what is decrypted from now on waits for `resume`.
    if (socket.isPaused()) {
      socket.pause();
      this.hold(socket, true);
    }
    sink?.[this.#tells]();
  }
}
