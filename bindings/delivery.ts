/**
 * Received bytes on their way to the app: as `data` carries them, its own copy, exact in size (M38,
 * M39); as `messages` carries them, lent for the handler's time; or to an iterator.
 *
 * With framing the core announces a batch. One that goes out message by message stops where the app
 * suspends, closes, changes the framing or who listens: the core decodes again what follows.
 */
import { RECORD_WORDS } from "../assembly/abi.ts";
import { dataEvent, type TCPSocketEvent } from "./events.ts";
import {
  type Hearers,
  hearersOf,
  type ListeningTarget,
  listenersOf,
  notify,
} from "./listening-target.ts";
import { endBatch, type Lease, MessageBatch } from "./message-batch.ts";
import { joinFreeBlocks, ownCopy, ownData, passedOn } from "./own-bytes.ts";
import type { Seat } from "./seat.ts";
import type { SocketEvents } from "./socket-attributes.ts";
import { atOneMoment, endFired } from "./socket-event.ts";

/** The address of bytes that are not in engine memory. */
const EXTERNAL = 0;

/** What a socket's data goes to at present; `undefined`: nobody, it is dropped, as Mozilla does. */
export type Taker = "iterator" | "messages" | "data" | undefined;

type Target = ListeningTarget<SocketEvents>;

/** How sockets take data; one for all, as it is asked at every read. */
export interface Outlet {
  /** Asked again after each event: handlers change. */
  taker(target: Target): Taker;
  /** To the iterator. */
  push(target: Target, data: unknown): void;
}

/** All that is there, without framing. */
export function deliverData(
  outlet: Outlet,
  target: Target,
  seat: Seat,
  address: number,
  length: number,
): void {
  const taker = outlet.taker(target);
  const { driver, handle, binaryType } = seat;
  if (taker === undefined) {
    driver.core.call.delivered(handle, 0);
    return;
  }
  if (taker === "messages") {
    lend(target, seat, address, length, undefined);
    return;
  }
  if (address !== EXTERNAL) joinFreeBlocks(length, 1);
  const data =
    address === EXTERNAL
      ? passedOn(driver, binaryType)
      : ownData(driver, binaryType, address, length);
  hand(outlet, target, taker, hearersOf(target, "data"), data);
}

/** The batch that the present record announces. */
export function deliverBatch(
  outlet: Outlet,
  target: Target,
  seat: Seat,
  table: number,
  count: number,
): void {
  const { driver, handle } = seat;
  const { core } = driver;
  const [base = 0, span = 0] = core.words.subarray(driver.record + 4, driver.record + RECORD_WORDS);
  const taker = outlet.taker(target);
  let taken: number | undefined; // as long as the app has said nothing of it: all
  if (taker === undefined) core.call.delivered(handle, 0);
  else if (taker === "messages") {
    taken = lend(target, seat, base, span, new Uint32Array(core.memory, table, count * 2));
  } else {
    const batch = { table: table >>> 2, count, base, span };
    taken = atOneMoment(() => handEach(outlet, target, seat, taker, batch));
  }
  if (taken === undefined) return;
  if (taken < count || core.interrupted) core.call.delivered(handle, taken);
}

interface Batch {
  /** Index of the first cell in the core's words. */
  readonly table: number;
  readonly count: number;
  readonly base: number;
  readonly span: number;
}

/** One by one; returns how many, if the app stopped before the last. */
function handEach(
  outlet: Outlet,
  target: Target,
  seat: Seat,
  taker: "iterator" | "data",
  batch: Batch,
): number {
  const { driver, binaryType } = seat;
  const { core } = driver;
  const { words } = core;
  const { table, count, base, span } = batch;
  // An iterator takes few of them: its messages get memory of their own.
  const sharing = binaryType === "uint8array" && taker === "data";
  // One copy for all messages: allocating one for each costs more than copying.
  let whole = sharing ? ownCopy(driver, base, span) : undefined;
  let shared = whole?.buffer;
  if (binaryType === "arraybuffer") joinFreeBlocks(span, count);
  let listeners = listenersOf(target);
  let hearers = hearersOf(target, "data");
  for (let i = 0; i < count; i++) {
    const offset = words[table + i * 2] as number;
    const size = words[table + i * 2 + 1] as number;
    // An app may transfer what it was handed, and all of its buffer with it.
    if (whole !== undefined && whole.length !== span) {
      whole = ownCopy(driver, base, span);
      shared = whole.buffer;
    }
    const data =
      shared === undefined
        ? ownData(driver, binaryType, base + offset, size)
        : new Uint8Array(shared, offset, size);
    hand(outlet, target, taker, hearers, data);
    if (core.interrupted) return i + 1;
    if (listenersOf(target) !== listeners) {
      if (outlet.taker(target) !== taker) return i + 1;
      listeners = listenersOf(target);
      hearers = hearersOf(target, "data");
    }
  }
  return count;
}

function hand(
  outlet: Outlet,
  target: Target,
  taker: "iterator" | "data",
  hearers: Hearers,
  data: unknown,
): void {
  if (taker === "iterator") outlet.push(target, data);
  else dispatch(target, hearers, dataEvent("data", data, target));
}

function dispatch(target: Target, hearers: Hearers, event: TCPSocketEvent): void {
  notify(target, hearers, event);
  endFired(event);
}

/** Lends all; returns how many messages the app has taken, if it said so. */
function lend(
  target: Target,
  seat: Seat,
  base: number,
  span: number,
  table: Uint32Array | undefined,
): number | undefined {
  const { core, external } = seat.driver;
  const memory = base === EXTERNAL ? (external?.buffer as ArrayBuffer) : core.memory;
  const lease: Lease = { memory, base, span, table, checks: seat.checks };
  const batch = new MessageBatch(lease);
  dispatch(target, hearersOf(target, "messages"), dataEvent("messages", batch, target));
  return endBatch(batch);
}
