/**
 * The driver: the loop that joins core and host.
 *
 * It polls the core, hands events to their sockets and orders to their transports, and polls again
 * until nothing is left. It knows no rule. Turns never nest: what handlers call only adds to what
 * the core has to say, and what the host reports meanwhile waits. Commands from outside a turn
 * schedule one in a microtask, where only orders are obeyed; events have tasks of their own (M16,
 * M27, M73).
 */
import {
  EVENT_CLOSE,
  EVENT_CONNECT,
  EVENT_ERROR,
  ORDER_DESTROY,
  ORDER_FINISH,
  ORDER_FLUSH,
  ORDER_PAUSE,
  ORDER_RESUME,
  ORDER_SECURE,
  ORDER_TIMER,
  RECORD_RELEASED,
  RECORD_WORDS,
} from "../assembly/abi.ts";
import { REASON_ENGINE_FAILED } from "../assembly/reasons.ts";
import type { Host } from "../host/transport.ts";
import type { Channel } from "./channel.ts";
import { Core, type CoreModule } from "./core.ts";
import { queue } from "./platform.ts";

const INDEX_MASK = (1 << 20) - 1;

const DONE = Promise.resolve();
/** A microtask at a fraction of what queueMicrotask() costs. */
const soon: (task: () => void) => unknown = DONE.then.bind(DONE);

/** The loop of one engine. */
export class Driver {
  readonly core: Core;
  readonly host: Host;
  readonly context: Host["context"];
  /** Whether borrowed bytes are lent as copies. */
  readonly checks: boolean;
  /** The core has trapped. */
  failed = false;
  /** A turn is under way. */
  busy = false;
  /** What is being passed on. */
  external: Uint8Array | undefined;
  /** Index of the record being dispatched. */
  record = 0;
  readonly #channels: (Channel | undefined)[] = [];
  readonly #later: (() => void)[] = [];
  readonly #commands = (): void => {
    this.#microtask = false;
    this.#run(0);
  };
  readonly #reports = (): void => this.turn();
  /** A float from the first: a field that outgrows 31 bits has all code that adds to it made anew. */
  readonly #copied = new Float64Array(1);
  #catchingUp = false;
  #microtask = false;
  #task = false;

  /**
   * @param checks engine option `checks`
   * @param context captures asynchronous contexts, for hosts that do not themselves
   */
  constructor(
    module: CoreModule,
    config: readonly number[],
    host: Host,
    checks: boolean,
    context: Host["context"],
  ) {
    this.host = host;
    this.checks = checks;
    this.context = host.context ?? context;
    this.core = new Core(module, config, () => this.#fail());
  }

  /** Payload bytes the bindings copied, into engine memory or out of it. */
  get copied(): number {
    return (this.#copied[0] as number) + this.core.room.copied;
  }

  countCopied(bytes: number): void {
    this.#copied[0] = (this.#copied[0] as number) + bytes;
  }

  /** A channel of the class given for a new socket, or the core's refusal (negative). */
  open<C extends Channel>(
    Made: new (driver: Driver, handle: number, parent?: Channel) => C,
    role: number,
    parent: number,
    options: readonly number[],
  ): C | number {
    const handle = this.core.open(role, parent, options);
    if (handle < 0) return handle;
    const channel = new Made(this, handle, parent === 0 ? undefined : this.find(parent));
    this.#channels[handle & INDEX_MASK] = channel;
    return channel;
  }

  /** The living channel with this handle. */
  find(handle: number): Channel | undefined {
    return this.#channels[handle & INDEX_MASK];
  }

  /** All living channels. */
  get channels(): Channel[] {
    return this.#channels.filter((channel) => channel !== undefined);
  }

  /** Runs when the present turn is over. */
  later(report: () => void): void {
    this.#later.push(report);
  }

  /** Obeys what commands have brought about, before the present task ends. */
  schedule(): void {
    if (this.busy || this.#microtask) return;
    soon(this.#commands);
    this.#microtask = true;
  }

  /** A full turn as soon as the host's present report has returned. */
  turnSoon(): void {
    soon(this.#reports);
  }

  /**
   * Has the core announce bytes that stay where they are; false, and nothing is done, if it must hold them,
   * or cut them, or has something to say before them.
   */
  passOn(handle: number, bytes: Uint8Array): boolean {
    if (this.core.call.received_external(handle, bytes.length) < 0) return false;
    this.external = bytes;
    this.turn();
    this.external = undefined;
    return true;
  }

  /** Does all that is to be done. */
  turn(): void {
    this.#run(1);
  }

  #run(events: number): void {
    if (this.busy) return;
    this.busy = true;
    const { core } = this;
    for (let count = core.call.poll(events); count > 0; count = core.call.poll(events)) {
      const end = core.records + count * RECORD_WORDS;
      for (let at = core.records; at < end; at += RECORD_WORDS) this.#dispatch(at);
    }
    this.busy = false;
    if (this.#later.length !== 0) this.#runLater();
    if (core.deferred && !this.#task) this.#defer();
  }

  #dispatch(at: number): void {
    this.record = at;
    const { words } = this.core;
    const kind = words[at] as number;
    const channel = this.#channels[(words[at + 1] as number) & INDEX_MASK];
    if (channel === undefined) return;
    const a = words[at + 2] as number;
    const b = words[at + 3] as number;
    if (kind === EVENT_CONNECT) this.#tell(this.find(a), kind, channel.handle, 0);
    else if (kind < ORDER_FLUSH) this.#tell(channel, kind, a, b);
    else if (kind === RECORD_RELEASED) this.#release(channel);
    else this.#obey(channel, kind, a, b);
  }

  /** What escapes a socket's own code (a subclass may throw) must not stop the others. */
  #tell(channel: Channel | undefined, kind: number, a: number, b: number): void {
    try {
      channel?.tell(kind, a, b);
    } catch (error) {
      queue(() => {
        throw error;
      });
    }
  }

  #obey(channel: Channel, kind: number, a: number, b: number): void {
    try {
      if (kind === ORDER_FLUSH) channel.flush();
      else if (kind === ORDER_PAUSE) channel.pause();
      else if (kind === ORDER_RESUME) channel.resume();
      else if (kind === ORDER_SECURE) channel.secure();
      else if (kind === ORDER_FINISH) channel.transport?.finish();
      else if (kind === ORDER_DESTROY) channel.destroy();
      else if (kind === ORDER_TIMER) this.#setTimer(channel, a, b);
    } catch (error) {
      channel.disobeyed(error);
    }
  }

  #setTimer(channel: Channel, kind: number, milliseconds: number): void {
    channel.timer?.cancel();
    channel.timer = undefined;
    if (kind === 0) return;
    channel.timer = this.host.timer(milliseconds, () => {
      channel.timer = undefined;
      this.core.call.expired(channel.handle, kind);
      this.turn();
    });
  }

  #release(channel: Channel): void {
    this.#channels[channel.handle & INDEX_MASK] = undefined;
    channel.release();
  }

  /** In the order they came, those that come meanwhile behind the rest. */
  #runLater(): void {
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    try {
      for (let report = this.#later.shift(); report; report = this.#later.shift()) report();
    } finally {
      this.#catchingUp = false;
    }
  }

  #defer(): void {
    this.#task = true;
    this.host.defer(() => {
      this.#task = false;
      this.turn();
    });
  }

  /** The core has trapped: whoever called it goes on; the sockets learn it in a task of its own. */
  #fail(): void {
    this.failed = true;
    this.host.defer(() => {
      const channels = this.#channels.splice(0);
      for (const channel of channels) {
        if (channel === undefined) continue;
        channel.cause = this.core.trap;
        channel.destroy();
        this.#tell(channel, EVENT_ERROR, REASON_ENGINE_FAILED, 0);
        this.#tell(channel, EVENT_CLOSE, 0, 0);
        channel.release();
      }
    });
  }
}
