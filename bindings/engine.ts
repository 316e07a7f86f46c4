/**
 * Engine: one core with its memory, joined to one host. Sockets of different engines share nothing.
 *
 * The default engine is made on first use and replaced on next use after a failure; an engine made
 * by hand is never replaced, it says `failed`.
 */
import {
  CONTROL_COPIED,
  CONTROL_POOL_BYTES,
  CONTROL_POOL_FREE,
  CONTROL_REFUSED,
  CONTROL_SOCKETS,
} from "../assembly/abi.ts";
import { fromBase64, nodeHost } from "../host/node/index.ts";
import { onDemand } from "../host/on-demand.ts";
import type { Host } from "../host/transport.ts";
import { builtInCore, type CoreModule } from "./core.ts";
import { drain } from "./drain.ts";
import { Driver } from "./driver.ts";
import { bool, checkOptions, integer, type Rules } from "./option-rules.ts";
import { shown } from "./shown.ts";

/** Options of `new Engine`. */
export interface EngineOptions {
  /**
   * Engine memory in bytes, reserved at once and touched when needed. Default 31 MiB; more where
   * `maxSockets` (1 KiB each) or `windowBytes` (64 times as much) asks for it.
   */
  memoryBytes?: number;
  /**
   * Sockets and servers that may live at a time, 1 to 1048576. Default 1 per KiB of `memoryBytes`,
   * 65536 at most: 31744 where that is not given either.
   */
  maxSockets?: number;
  /** Most bytes of one read, 16384 to 16777216. Default 65536. */
  windowBytes?: number;
  /** Who moves the bytes. Default: node:net. */
  host?: Host;
  /** Lend borrowed bytes as copies that are detached when the handler returns. Default: as the host. */
  checks?: boolean;
}

/** What an engine holds and has done. All byte counts are exact. */
export interface EngineStats {
  /** Sockets and servers alive, those lingering after `close` included. */
  readonly sockets: number;
  /** Size of engine memory; it never changes. */
  readonly memoryBytes: number;
  /** The part for bytes that wait to be sent or delivered. */
  readonly poolBytes: number;
  /** What of it is free. */
  readonly poolFreeBytes: number;
  /** Payload bytes copied by bindings and core so far. */
  readonly bytesCopied: number;
  /** Connections destroyed for want of a slot (maxSockets, maxConnections). */
  readonly refusedConnections: number;
}

/** Key of an option for tests: another core. */
export const CORE: unique symbol = Symbol("core");

const rules: Rules = onDemand(() => ({
  memoryBytes: integer(1, 0x7fff0000, " bytes"),
  maxSockets: integer(1, 1048576, ""),
  windowBytes: integer(16384, 16777216, " bytes"),
  host: {
    allowed: "a Host",
    check: (value) => typeof (value as Host | null)?.connect === "function",
  },
  checks: bool,
}));

let current: Engine | undefined;
let driverFor: (engine: Engine) => Driver;
/** Whether it is an Engine, and does not just look like one. */
export let isEngine: (value: unknown) => value is Engine;

/**
 * One core with its memory and its host.
 *
 * @example
 * ```js
 * const engine = new Engine({ memoryBytes: 16 << 20, maxSockets: 1000 });
 * const socket = new TCPSocket("localhost", port, { engine });
 * await socket.opened;
 * console.log(engine.stats.sockets); // 1
 * socket.close();
 * ```
 */
export class Engine {
  /** Whether borrowed bytes are lent as copies. */
  readonly checks: boolean;
  readonly #driver: Driver;

  static {
    driverFor = (engine) => engine.#driver;
    isEngine = (value): value is Engine =>
      typeof value === "object" && value !== null && #driver in value;
  }

  /**
   * @throws TypeError for an ill-typed option
   * @throws RangeError if memory of that size cannot be had or divided
   */
  constructor(options: EngineOptions = {}) {
    const checked = checkOptions<EngineOptions>("Engine", options, rules);
    const { [CORE]: core } = (options ?? {}) as { [CORE]?: CoreModule };
    const { memoryBytes, maxSockets, windowBytes, host = nodeHost } = checked;
    const module = core ?? builtInCore(fromBase64, memoryBytes !== undefined);
    const config = [memoryBytes ?? 0, maxSockets ?? 0, windowBytes ?? 0];
    this.checks = checked.checks ?? host.checks === true;
    this.#driver = new Driver(module, config, host, this.checks, nodeHost.context);
  }

  /**
   * Ends everything in order: servers stop listening, sockets are closed as by close(), and what is
   * left after `milliseconds` as by closeImmediately(). Resolves when all transports are gone.
   * @throws TypeError unless `milliseconds` is an integer from 0 to 2147483647
   *
   * @example
   * ```js
   * const engine = new Engine();
   * const server = new TCPServerSocket(0, { engine });
   * const socket = new TCPSocket("localhost", server.localPort, { engine });
   * await engine.drain(1000);
   * console.log(socket.readyState, engine.stats.sockets); // closed 0
   * ```
   */
  drain(milliseconds: number): Promise<void> {
    if (!Number.isInteger(milliseconds) || milliseconds < 0 || milliseconds > 0x7fffffff) {
      throw new TypeError(
        `drain(): ${shown(milliseconds)} came; an integer from 0 to 2147483647 is allowed`,
      );
    }
    return drain(this.#driver, milliseconds);
  }

  /**
   * What the engine holds and has done, at this moment.
   *
   * @example
   * ```js
   * const { memoryBytes, poolBytes, poolFreeBytes } = new Engine().stats;
   * console.log(memoryBytes >> 20, poolFreeBytes === poolBytes); // 31 true
   * ```
   */
  get stats(): EngineStats {
    const { core, copied } = this.#driver;
    return {
      sockets: core.control(CONTROL_SOCKETS),
      memoryBytes: core.memory.byteLength,
      poolBytes: core.control(CONTROL_POOL_BYTES),
      poolFreeBytes: core.control(CONTROL_POOL_FREE),
      bytesCopied: copied + core.control(CONTROL_COPIED),
      refusedConnections: core.control(CONTROL_REFUSED),
    };
  }

  /** True once the core has trapped: its sockets have failed, and it takes no new ones. */
  get failed(): boolean {
    return this.#driver.failed;
  }
}

/**
 * The engine a new socket belongs to.
 * @throws InvalidStateError if an engine was given and has failed
 */
export function engineFor(given: Engine | undefined): Engine {
  if (given === undefined) {
    if (current === undefined || current.failed) current = new Engine();
    return current;
  }
  if (given.failed) throw new DOMException("this engine has failed", "InvalidStateError");
  return given;
}

/** The driver behind an engine, for the other files of the bindings. */
export function driverOf(engine: Engine): Driver {
  return driverFor(engine);
}
