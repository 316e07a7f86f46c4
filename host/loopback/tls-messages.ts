/**
 * What the two sides of a handshake say to each other, and how it is written: JSON, one message a record.
 *
 *     client                                        server
 *     ClientHello  ──────────────────────────────►
 *                  ◄──────────────────────────────  ServerHello, with the certificate
 *     verified with TLSv1.3
 *     ClientFinished, with the certificate asked for ►  verified
 *                  ◄──────────────────────────────  ServerFinished, before TLSv1.3
 *     verified
 *
 * Must never believe that what comes has the form it should have.
 */
import type { TlsInfo } from "../transport.ts";
import { failure, type TlsFailure } from "./tls-failure.ts";

export interface ClientHello {
  readonly step: 1;
  /** Empty for none. */
  readonly servername: string;
  readonly protocols: readonly string[];
  readonly versions: readonly string[];
}

export interface ServerHello {
  readonly step: 2;
  readonly version: string;
  readonly protocol: string | null;
  readonly certificate: string;
  readonly requestCert: boolean;
}

export interface ClientFinished {
  readonly step: 3;
  readonly certificate: string | null;
}

export interface ServerFinished {
  readonly step: 4;
}

export type Message = ClientHello | ServerHello | ClientFinished | ServerFinished;

/** One side's part in a handshake. */
export interface Handshake {
  /** What was agreed; null before the peer is verified. */
  readonly info: TlsInfo | null;
  begin(): void;
  /** The peer's next message. @throws TlsFailure if the handshake ends with it */
  hear(message: Message): void;
}

/** Whom a side of a handshake works for. */
export interface HandshakeOwner {
  say(message: Message): void;
  /** The peer is verified. */
  agreed(): void;
  /** What came too late to be thrown. */
  refuse(failure: TlsFailure): void;
}

export function encodeMessage(message: Message): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(message));
}

/** @throws TlsFailure */
export function decodeMessage(bytes: Uint8Array): Message {
  try {
    const message: Message = JSON.parse(new TextDecoder().decode(bytes));
    if (message.step >= 1 && message.step <= 4) return message;
  } catch {
    // is no message
  }
  throw failure("ERR_SSL_DECODE_ERROR");
}

const LATEST = "TLSv1.3";

/** Whether the server has the last word; with the latest version the client has. */
export function serverEnds(version: string): boolean {
  return version !== LATEST;
}

export function cipherOf(version: string): string {
  return version === LATEST ? "TLS_AES_256_GCM_SHA384" : "ECDHE-RSA-AES256-GCM-SHA384";
}
