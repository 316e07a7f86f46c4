/** Setting a framing: whether engine memory allows it, and telling the core. */
import { E_LIMIT, E_NOMEM } from "../assembly/abi.ts";
import type { Channel } from "./channel.ts";
import type { Driver } from "./driver.ts";
import type { Framing } from "./framing.ts";
import { framingWords } from "./framing-words.ts";

/** @throws RangeError if messages may be larger than the engine can put together */
export function checkFits(driver: Driver, framing: Framing | null | undefined): void {
  if (!framing || driver.core.setFraming(0, framingWords(framing)) !== E_LIMIT) return;
  const [name, given] =
    framing.type === "fixed"
      ? ["size", framing.size]
      : ["maxMessageBytes", framing.maxMessageBytes];
  const part = framing.type === "slip" ? 8 : 4;
  const most = Math.floor(driver.core.memory.byteLength / part);
  throw new RangeError(
    `framing.${framing.type} ${name}: ${given} came; at most ${most} is allowed, ` +
      `memoryBytes / ${part} of this engine`,
  );
}

/** @throws QuotaExceededError if engine memory has no room for the delimiters; nothing changes then */
export function setFraming(channel: Channel, framing: Framing | null): void {
  const { core } = channel.driver;
  if (core.setFraming(channel.handle, framingWords(framing)) !== E_NOMEM) return;
  throw new DOMException("engine memory has no room for these delimiters", "QuotaExceededError");
}

/** The framing of a socket or server that was opened just now; where it cannot be had, none is left. */
export function beginFraming(channel: Channel, framing: Framing | null): void {
  if (framing === null) return;
  try {
    setFraming(channel, framing);
  } catch (error) {
    const { call } = channel.driver.core;
    call.abort(channel.handle);
    call.closed(channel.handle); // it never had a transport
    channel.driver.schedule();
    throw error;
  }
}
