/**
 * Two sockets that the others, whatever they do, must not touch: of one a message is half received, a
 * frame is in flight and another queued behind it; the other is suspended with bytes held, and has
 * external bytes queued. What they share with others is engine memory alone, as their listener is theirs.
 */
import * as abi from "../../assembly/abi.ts";
import { type CoreRecord, type Embedder, pattern } from "./embedder.ts";
import { check } from "./fuzz-socket.ts";

const FRAMING = { type: "lengthPrefixed", bytes: 2, maxMessageBytes: 65536 } as const;
const SIGN = 201; // seed of bytes that nobody else has
const HEARD = ["flush", "pause", "resume", "timer"];

const MESSAGE = pattern(40, SIGN);
const HELD = pattern(100, SIGN);
const EXTERNAL = 1000;

export class Canary {
  readonly handles: readonly number[];
  readonly #core: Embedder;
  readonly #framed: number;
  readonly #waiting: number;
  readonly #pinned: number;

  /** Null in an engine that has no room for its three sockets; there nothing is left of them. */
  static in(core: Embedder): Canary | null {
    const handles = [core.open(abi.ROLE_LISTENER)];
    for (let i = 0; i < 2; i++) handles.push(core.open(abi.ROLE_ACCEPTED, {}, handles[0]));
    if (handles.every((handle) => handle > 0)) return new Canary(core, handles);
    for (const handle of handles) core.finish(handle);
    return null;
  }

  private constructor(core: Embedder, handles: readonly number[]) {
    this.#core = core;
    this.handles = handles;
    const { call } = core;
    const [listener = 0, framed = 0, waiting = 0] = handles;
    call.connected(listener);
    this.#framed = framed;
    this.#waiting = waiting;
    core.drain();
    check(core.setFraming(this.#framed, FRAMING) === 0, "the canary's framing is refused");
    core.receive(this.#framed, Buffer.of(0, MESSAGE.length, ...MESSAGE.subarray(0, 20)));
    core.drain();
    check(core.send(this.#framed, pattern(50, SIGN)) === 1, "the canary cannot send");
    this.#pinned = core.gather(this.#framed)[0]?.address ?? 0;
    core.send(this.#framed, pattern(30, SIGN));
    call.suspend(this.#waiting);
    core.receive(this.#waiting, HELD);
    call.send_external(this.#waiting, EXTERNAL);
    core.drain();
  }

  /** A record of one of them came: only orders may. */
  hear({ kind, socket }: CoreRecord): void {
    check(HEARD.includes(kind), `canary ${socket} hears ${kind}`);
  }

  /** Bytes that others got, or send, are none of the canary's. */
  foreign(bytes: Uint8Array): void {
    check(!Buffer.from(bytes).includes(Buffer.from(HELD.subarray(0, 16))), "bytes of a canary");
  }

  /** They are as they were, and still work. Nothing is being delivered. */
  check(): void {
    const { call } = this.#core;
    this.#state(this.#framed, 84, 22);
    this.#state(this.#waiting, EXTERNAL, HELD.length);
    const inFlight = this.#core.bytes.subarray(this.#pinned, this.#pinned + 52);
    same(inFlight, Buffer.of(0, 50, ...pattern(50, SIGN)), "bytes in flight");
    check(call.sent(this.#framed, 52) === 0, "canary: sent");
    const behind = Buffer.of(0, 30, ...pattern(30, SIGN));
    same(this.#core.transmit(this.#framed), behind, "bytes behind those in flight");
    check(call.gather(this.#waiting) === 1 && call.sent(this.#waiting, 1000) === 0, "external");
    call.resume(this.#waiting);
    same(this.#core.delivered(), HELD, "held bytes");
    this.#core.receive(this.#framed, MESSAGE.subarray(20));
    const messages: Uint8Array[] = [];
    for (let left = this.#core.poll(); left.length > 0; left = this.#core.poll()) {
      for (const record of left) {
        if (record.kind === "messages" && record.socket === this.#framed) {
          messages.push(...this.#core.messages(record));
        }
      }
    }
    check(messages.length === 1, `canary: ${messages.length} messages`);
    same(messages[0] as Uint8Array, MESSAGE, "message");
    for (const handle of [this.#framed, this.#waiting]) {
      check(call.buffered_amount(handle) === 0, "canary: bufferedAmount in the end");
    }
  }

  #state(handle: number, buffered: number, received: number): void {
    const { call } = this.#core;
    const now = [call.ready_state(handle), call.buffered_amount(handle), call.bytes_sent(handle)];
    check(`${now}` === `${[abi.OPEN, buffered, 0]}`, `canary: state, buffered, sent: ${now}`);
    check(call.bytes_received(handle) === received, "canary: bytesReceived");
  }
}

function same(actual: Uint8Array, expected: Uint8Array, what: string): void {
  check(Buffer.from(actual).equals(expected), `canary: ${what}`);
}
