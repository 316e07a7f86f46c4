/**
 * A client that a schedule opens: where to, with which options, and its model.
 */
import { TCPSocket } from "../../bindings/index.ts";
import { Actor } from "./actor.ts";
import { anyOptions, type Options, rulesOf, socketOptions } from "./conditions.ts";
import type { Framed } from "./formats.ts";
import { Line } from "./line.ts";
import { ModelSocket } from "./model.ts";
import type { Schedule } from "./schedule.ts";
import { anySecrets, type Secrets } from "./security.ts";

const BINARY_TYPES = ["uint8array", "string", "arraybuffer"] as const;
const HOSTS = ["127.0.0.1", "localhost", "::1", "localhost", "gone.invalid"];

export class Client {
  readonly actor: Actor;
  readonly #schedule: Schedule;
  readonly #options: Options;
  readonly #host: string;
  readonly #port: number;
  readonly #secrets: Secrets | null;

  /** @param portFor where to, if TLS is to begin at once, or not */
  constructor(
    schedule: Schedule,
    name: string,
    format: Framed | null,
    portFor: (secure: boolean) => number,
  ) {
    const { choices } = schedule;
    const options = anyOptions(choices);
    this.#schedule = schedule;
    this.#options = options;
    this.#secrets = options.secure ? anySecrets(choices, "client") : null;
    this.#port = portFor(options.secure);
    this.#host = choices.of(HOSTS);
    const abort = choices.chance(5) ? new AbortController() : undefined;
    const model = new ModelSocket(rulesOf(options, format, false), schedule.now);
    const line = new Line(schedule, name, model, false);
    line.offer = this.#secrets?.offer ?? null;
    this.actor = new Actor(schedule, line, format, abort);
  }

  /** @throws QuotaExceededError beyond maxSockets */
  open(): TCPSocket {
    const { choices, engine, log } = this.#schedule;
    const { line, format, abort } = this.actor;
    const options = this.#options;
    const framing = format?.description ?? null;
    const to = { host: this.#host, port: this.#port };
    log?.({ op: "open", s: line.name, role: "client", ...to, options, framing });
    return new TCPSocket(to.host, to.port, {
      ...socketOptions(options),
      connectTimeout: options.connectTimeout,
      engine,
      binaryType: choices.of(BINARY_TYPES),
      framing: framing ?? undefined,
      tls: this.#secrets?.tls,
      signal: abort?.signal,
    });
  }
}
