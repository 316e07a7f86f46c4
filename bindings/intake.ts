/**
 * What one socket's host reports of bytes, on the way into the core: read into the window, copied there,
 * or passed by it, whole, where nothing is to be held or cut.
 *
 * A report that comes while the engine is being turned (a TLS read can re-enter) waits its turn, in a copy
 * if it must. What the core has no room for stays here until it has. Holds no rule.
 *
 * Hosts with `readsInContext` report bytes in the connection's own asynchronous context, and so are they
 * reported here where they come later.
 */
import { E_BUSY } from "../assembly/abi.ts";
import type { Transport } from "../host/transport.ts";
import type { Driver } from "./driver.ts";
import { Extras } from "./extras.ts";

const I32_MAX = 0x7fffffff;

/** Whose bytes are being reported, in its own asynchronous context: to enter that again would take longer. */
let present: Intake | undefined;

/** Whether the present asynchronous context is known to be this one's. */
export function isPresent(intake: Intake): boolean {
  return intake === present;
}

/** The receiving side of a Channel, and what both sides are about. */
export class Intake {
  readonly driver: Driver;
  readonly handle: number;
  transport: Transport | undefined;
  protected extras: Extras | undefined;

  constructor(driver: Driver, handle: number) {
    this.driver = driver;
    this.handle = handle;
  }

  received(count: number): void {
    const { core } = this.driver;
    if (this.driver.busy || this.extras?.aside !== undefined) {
      this.receivedCopy(core.window.subarray(0, count));
      return;
    }
    if (core.call.received(this.handle, count) === E_BUSY) {
      this.extend().keep(core.window.subarray(0, count));
    }
    turn(this);
  }

  /** Whether its app wants reads as they are, in memory of their own. */
  get takesWhole(): boolean {
    return false;
  }

  receivedWhole(bytes: Uint8Array): void {
    if (this.driver.busy) {
      wait(this, bytes);
      return;
    }
    const passes = this.takesWhole && this.extras?.aside === undefined && bytes.length <= I32_MAX;
    if (!passes || !passOn(this, bytes)) this.receivedCopy(bytes);
  }

  receivedCopy(bytes: Uint8Array): void {
    if (this.driver.busy) {
      wait(this, new Uint8Array(bytes)); // slice() of a Buffer is none
      return;
    }
    const { core } = this.driver;
    const { window } = core;
    const several = bytes.length > window.length;
    for (let at = 0; at < bytes.length; at += window.length) {
      const part = several ? bytes.subarray(at, at + window.length) : bytes;
      if (several) this.extend().feeding = at + window.length < bytes.length;
      if (this.extras?.aside !== undefined) {
        this.extend().keep(part); // behind what already had no room
        continue;
      }
      window.set(part);
      this.driver.countCopied(part.length);
      if (core.call.received(this.handle, part.length) === E_BUSY) this.extend().keep(part);
      turn(this);
    }
  }

  /** The peer's FIN, behind all that came before it: what the core had no room for, too. */
  ended(): void {
    if (late(this.driver, () => this.ended())) return;
    if (this.extras?.aside !== undefined) {
      this.extras.ended = true;
      return;
    }
    this.driver.core.call.ended(this.handle);
    this.driver.turn();
  }

  /** Obeys ORDER_PAUSE. */
  pause(): void {
    this.transport?.pause();
    if (this.extras !== undefined) this.extras.resumed = false;
  }

  /** Obeys ORDER_RESUME: first what the core had no room for, in a task of its own (M16), then what comes. */
  resume(): void {
    const extras = this.extras;
    if (extras?.aside === undefined) this.inContext(() => this.transport?.resume());
    else extras.resumed = true;
    if (extras?.resumed !== true) return;
    this.driver.host.defer(() => {
      const kept = extras.take();
      if (kept !== undefined) this.inContext(() => goOn(this, kept, extras.ended));
    });
  }

  /** Calls in the asynchronous context of its own. */
  inContext(call: () => void): void {
    call();
  }

  protected extend(): Extras {
    this.extras ??= new Extras();
    return this.extras;
  }
}

/** Not a part of receivedWhole(): a closure there would be one at each call. */
function wait(intake: Intake, bytes: Uint8Array): void {
  intake.driver.later(() => intake.inContext(() => intake.receivedWhole(bytes)));
}

/** A full turn within a report of bytes. */
function turn(intake: Intake): void {
  const before = present;
  present = intake.driver.host.readsInContext === true ? intake : undefined;
  intake.driver.turn();
  present = before;
}

/** The same, of bytes that are passed on. */
function passOn(intake: Intake, bytes: Uint8Array): boolean {
  const before = present;
  present = intake.driver.host.readsInContext === true ? intake : undefined;
  const passed = intake.driver.passOn(intake.handle, bytes);
  present = before;
  return passed;
}

/** With what was kept, and what comes behind it. */
function goOn(intake: Intake, kept: Uint8Array, ended: boolean): void {
  intake.transport?.resume();
  intake.receivedCopy(kept);
  if (ended) intake.ended();
}

/** During a turn a report waits until it is over. */
export function late(driver: Driver, report: () => void): boolean {
  if (driver.busy) driver.later(report);
  return driver.busy;
}
