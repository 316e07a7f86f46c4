/**
 * Watches one socket from its making to its end: the events it fires, in order, and the bytes it
 * receives. Takes the data events unless told to take batches; what else is to happen with the
 * bytes is the test's `also`.
 */
import type { TCPSocket, TCPSocketError } from "../../../bindings/index.ts";
import { Digest } from "./digest.ts";

export interface WitnessOptions {
  /** Receive through `onmessages` instead of `ondata`. */
  batches?: boolean;
  /** Sees the bytes too; they are borrowed until it returns. */
  also?: (bytes: Uint8Array) => void;
}

export class Witness {
  readonly socket: TCPSocket;
  readonly received = new Digest();
  /** Types of all events but those that bring bytes. */
  readonly events: string[] = [];
  error: TCPSocketError | null = null;
  /** When `end` has fired, only with allowHalfOpen. */
  readonly ended: Promise<void>;
  /** When `close` has fired. */
  readonly closed: Promise<void>;

  constructor(socket: TCPSocket, { batches = false, also }: WitnessOptions = {}) {
    this.socket = socket;
    const take = (bytes: Uint8Array): void => {
      this.received.add(bytes);
      also?.(bytes);
    };
    if (batches) {
      socket.onmessages = ({ data }) => {
        for (let i = 0; i < data.length; i++) {
          const begin = data.offset(i);
          take(data.bytes.subarray(begin, begin + data.size(i)));
        }
      };
    } else {
      socket.ondata = ({ data }) => take(bytesOf(data));
    }
    for (const type of ["open", "end", "error"]) {
      socket.addEventListener(type, () => this.events.push(type));
    }
    socket.addEventListener("error", (event) => {
      this.error = (event as unknown as { error: TCPSocketError }).error;
    });
    this.ended = new Promise((resolve) => {
      socket.addEventListener("end", () => resolve());
    });
    this.closed = new Promise((resolve) => {
      socket.addEventListener("close", () => {
        this.events.push("close");
        resolve();
      });
    });
  }
}

/** What `data` carries, whatever the binaryType. */
function bytesOf(data: string | ArrayBuffer | Uint8Array): Uint8Array {
  if (typeof data === "string") return Buffer.from(data, "latin1");
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
