/**
 * What a conformance script needs of whatever it is played on: a few verbs, and what it says.
 *
 * Sockets go by the names of the script. A shim keeps no rule of its own; it passes actions on,
 * obeys orders, and reports events and wire bytes.
 */
import type { Framing } from "../reference/framing.ts";

/** Why an action is refused: the errors of docs/abi.md, and "range" for what cannot be encoded. */
export type Refusal = "arg" | "stale" | "state" | "busy" | "memory" | "limit" | "range";

export interface SocketOptions {
  highWaterMark?: number;
  lowWaterMark?: number;
  maxBufferedAmount?: number;
  allowHalfOpen?: boolean;
  connectTimeout?: number;
  idleTimeout?: number;
  maxConnections?: number;
  maxReceiveBytes?: number;
  handshakeTimeout?: number;
  /** TLS from the first byte. */
  secure?: boolean;
}

export interface EngineOptions {
  memoryBytes?: number;
  maxSockets?: number;
  windowBytes?: number;
}

export type Role = "client" | "accepted" | "listener";
export type Timer = "connect" | "idle" | "linger" | "handshake";
/** Actions that need no more than the socket. */
export type Plain =
  | "connected"
  | "secured"
  | "ended"
  | "closed"
  | "suspend"
  | "resume"
  | "claim"
  | "unclaim"
  | "ignore"
  | "close"
  | "abort"
  | "upgrade";

export type Action =
  | { op: Plain | "halfClose" | "stopAfter" }
  | {
      op: "open";
      role: Role;
      parent: string | null;
      options: SocketOptions;
      /** Left out: a listener's, for what it accepts; else none. */
      framing?: Framing | null;
    }
  | { op: "received"; bytes: Uint8Array }
  | { op: "sent"; count: number }
  | { op: "send"; bytes: Uint8Array; external: boolean }
  | { op: "failed"; reason: string }
  | { op: "expired"; timer: Timer }
  | { op: "setFraming"; framing: Framing | null };

/** For `send` its boolean, else true; or why nothing has changed. */
export type Answer = boolean | Refusal;

/** What a socket says, to its app and to the wire. */
export type Said =
  | { ev: "open" | "connect" | "secure" | "drain" | "end" }
  /** All messages of one record have been said; never in a transcript. */
  | { ev: "messages" }
  | { ev: "message" | "data" | "tx"; bytes: Uint8Array }
  | { ev: "error"; why: string }
  | { ev: "close"; clean: boolean };

export interface Look {
  readyState: string;
  buffered: number;
  inFlight: number;
  /** Our FIN has been ordered. */
  fin: boolean;
  // What a host may not know:
  /** Reading is to pause. */
  paused?: boolean;
  /** The transport is to be let go of. */
  letGo?: boolean;
  /** Of the error. */
  detail?: number;
  /** TLS is to be started, or has been. */
  secure?: boolean;
  /** The timer ordered last. */
  timer?: Timer | "none";
  /** How long it was to run. */
  milliseconds?: number;
}

export interface Shim {
  act(socket: string, action: Action): Answer;
  /**
   * Runs until nothing more is said. Handlers may act; what they say comes in the same run. With
   * `orders` only the wire is served, and events wait for the next run.
   */
  run(said: (socket: string, what: Said) => void, orders?: boolean): void;
  look(socket: string): Look;
  /** Ends every socket as rudely as can be, forgets them, and tells what is wrong afterwards. */
  finish(said: (socket: string, what: Said) => void): string[];
}
