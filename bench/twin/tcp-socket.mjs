/**
 * The twin of TCPSocket. Clients read through `onread` into one buffer that all share; accepted
 * sockets get Node's own Buffers, which are given away as they are where they can be.
 */
import { connect } from "node:net";
import { WINDOW_BYTES } from "../sockets.mjs";
import { defineAttributes, ErrorEvent, MessageBatch, SocketEvent } from "./events.mjs";
import { SendQueue } from "./send-queue.mjs";

const window = Buffer.allocUnsafeSlow(WINDOW_BYTES);

export class TCPSocket extends EventTarget {
  #socket;
  #queue = new SendQueue();
  #highWaterMark;
  #binaryType;
  #readyState = "connecting";
  #scheduled = false;
  /** Bytes of the write in flight. */
  #inFlight = 0;
  #waitingForDrain = false;

  static {
    defineAttributes(TCPSocket, ["open", "drain", "data", "messages", "error", "close"]);
  }

  constructor(host, port, { binaryType = "string", highWaterMark = 65536, accepted } = {}) {
    super();
    this.#binaryType = binaryType;
    this.#highWaterMark = highWaterMark;
    this.#socket = accepted ?? this.#connect(host, port);
    if (accepted) {
      this.#readyState = "open";
      accepted.on("data", (bytes) => this.#received(bytes, true));
    }
    this.#socket.once("error", (error) => this.dispatchEvent(new ErrorEvent(error)));
    this.#socket.once("close", () => this.#closed());
    this.#socket.once("end", () => this.close());
  }

  get readyState() {
    return this.#readyState;
  }

  get bufferedAmount() {
    return this.#queue.buffered;
  }

  send(data) {
    if (this.#readyState !== "open") throw new DOMException("not open", "InvalidStateError");
    this.#queue.push(typeof data === "string" ? Buffer.from(data, "latin1") : bytesOf(data));
    this.#schedule();
    this.#waitingForDrain ||= this.#queue.buffered > this.#highWaterMark;
    return this.#queue.buffered <= this.#highWaterMark;
  }

  close() {
    if (this.#readyState === "closing" || this.#readyState === "closed") return;
    this.#readyState = "closing";
    this.#schedule();
  }

  #connect(host, port) {
    const callback = (count) => {
      this.#received(window.subarray(0, count), false);
      return true;
    };
    const onread = { buffer: window, callback };
    // as in host/node/tcp.ts: what a socket sets in its copy of the options is there already
    const known = { emitClose: false, autoDestroy: true, decodeStrings: false };
    const options = { host, port, noDelay: true, allowHalfOpen: true, onread, ...known };
    const socket = connect(options);
    socket.once("connect", () => {
      this.#readyState = "open";
      this.dispatchEvent(new SocketEvent("open"));
    });
    return socket;
  }

  #received(bytes, ours) {
    if (this.#readyState !== "open") return;
    if (this.onmessages) {
      const batch = new MessageBatch(bytes);
      this.dispatchEvent(new SocketEvent("messages", batch));
      batch.end();
    } else if (this.ondata) {
      this.dispatchEvent(new SocketEvent("data", this.#dataOf(bytes, ours)));
    }
  }

  #dataOf(bytes, ours) {
    const { buffer, byteOffset, byteLength } = bytes;
    if (this.#binaryType === "string") return bytes.latin1Slice(0, byteLength);
    if (ours && byteLength === buffer.byteLength) return buffer;
    return buffer.slice(byteOffset, byteOffset + byteLength);
  }

  #schedule() {
    if (this.#scheduled || this.#inFlight !== 0) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush() {
    if (this.#inFlight !== 0 || this.#readyState === "closed") return;
    if (this.#queue.buffered !== 0) this.#write(this.#queue.gather());
    else if (this.#readyState === "closing") this.#socket.end();
  }

  #write(views) {
    const last = views.pop();
    this.#inFlight = views.reduce((sum, view) => sum + view.length, last.length);
    if (views.length !== 0) this.#socket.cork();
    for (const view of views) this.#socket.write(view);
    this.#socket.write(last, (error) => error || this.#sent());
    if (views.length !== 0) this.#socket.uncork();
  }

  #sent() {
    this.#queue.drop(this.#inFlight);
    this.#inFlight = 0;
    this.#flush();
    if (!this.#waitingForDrain || this.#queue.buffered !== 0) return;
    this.#waitingForDrain = false;
    this.dispatchEvent(new SocketEvent("drain"));
  }

  #closed() {
    this.#readyState = "closed";
    this.dispatchEvent(new SocketEvent("close"));
  }
}

function bytesOf(data) {
  return data instanceof Uint8Array ? data : new Uint8Array(data);
}
