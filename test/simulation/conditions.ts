/** Under which conditions a schedule is played: what the network does wrong, and the options. */

import type { SocketOptions } from "../../bindings/index.ts";
import type { Faults, NetworkOptions } from "../../host/loopback/index.ts";
import type { Choices } from "./choices.ts";
import type { Format, Rules } from "./model.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** The options that are rules, too. */
export type Options = Omit<Rules, "format" | "accepted">;

export function anyNetwork(choices: Choices): NetworkOptions {
  return {
    virtual: true,
    seed: choices.below(1 << 24),
    capacity: choices.chance(30) ? 100 + choices.below(3000) : 65_536,
    reads: choices.of(["window", "copy", "mixed"] as const),
    faults: anyFaults(choices),
  };
}

function anyFaults(choices: Choices): Partial<Faults> {
  const rarely = <T>(otherwise: T, value: () => T): T => (choices.chance(15) ? value() : otherwise);
  return {
    writeMax: rarely(NEVER, () => choices.of([200, 1, 7, 4096])),
    readMax: rarely(NEVER, () => choices.of([200, 1, 7, 4096])),
    split: choices.chance(40),
    coalesce: choices.chance(20),
    reorder: choices.chance(40),
    finWithData: choices.chance(30),
    refuse: rarely(0, () => 0.5),
    acceptFailure: rarely(0, () => 0.5),
    reset: rarely(0, () => 0.05),
    resetAfterBytes: rarely(NEVER, () => choices.below(choices.of([4000, 40, 400]))),
    lookupFailure: rarely(0, () => 0.5),
    lookupDelay: rarely(0, () => choices.of([10, 60, NEVER])),
    connectDelay: rarely(0, () => choices.of([10, 60, NEVER])),
    tlsAlert: rarely(0, () => 0.1),
    tlsAlertAt: rarely(0, () => choices.of([1, 2, 3, 4])),
  };
}

/** No more faults. What is under way goes on as slowly as it did. */
export const CALM: Partial<Faults> = {
  writeMax: NEVER,
  readMax: NEVER,
  split: false,
  coalesce: false,
  reorder: false,
  finWithData: false,
  refuse: 0,
  acceptFailure: 0,
  reset: 0,
  resetAfterBytes: NEVER,
  lookupFailure: 0,
  lookupDelay: 0,
  connectDelay: 0,
  tlsAlert: 0,
  tlsAlertAt: 0,
};

/** Written out, as the others: copying objects is slow. */
export function socketOptions(options: Options): SocketOptions {
  return {
    highWaterMark: options.highWaterMark,
    lowWaterMark: options.lowWaterMark,
    maxBufferedAmount: options.maxBufferedAmount,
    allowHalfOpen: options.allowHalfOpen,
    idleTimeout: options.idleTimeout,
    useSecureTransport: options.secure,
  };
}

/** The rules that follow from them. */
export function rulesOf(options: Options, format: Format | null, accepted: boolean): Rules {
  return {
    highWaterMark: options.highWaterMark,
    lowWaterMark: options.lowWaterMark,
    maxBufferedAmount: options.maxBufferedAmount,
    allowHalfOpen: options.allowHalfOpen,
    connectTimeout: options.connectTimeout,
    secure: options.secure,
    idleTimeout: options.idleTimeout,
    format,
    accepted,
  };
}

/** `connectTimeout`: that, and not any or none. */
export function anyOptions(choices: Choices, connectTimeout?: number): Options {
  const highWaterMark = choices.of([65_536, 0, 100, 5000]);
  return {
    highWaterMark,
    lowWaterMark: choices.chance(20) ? choices.below(highWaterMark + 1) : 0,
    maxBufferedAmount: choices.chance(15) ? choices.of([100_000, 0, 200, 5000]) : NEVER,
    allowHalfOpen: choices.chance(35),
    connectTimeout: connectTimeout ?? (choices.chance(15) ? 1 + choices.below(40) : 0),
    secure: choices.chance(20),
    idleTimeout: choices.chance(10) ? 1 + choices.below(40) : 0,
  };
}
