/**
 * How engine memory is divided, once and for all, in `init`.
 *
 *   | static | records | iov | sockets | descriptors | batch | headroom | window | pool        |
 *            ^ __heap_base                                                         to the end ^
 *
 * This is the only place that grows memory: afterwards no address moves and no view goes stale.
 * Pages are touched when used, so what a limit reserves costs nothing until it is needed.
 */
import {
  E_ARG,
  E_NOMEM,
  E_STATE,
  INIT_MEMORY_BYTES,
  INIT_SOCKETS_MAX,
  INIT_WINDOW_BYTES,
  INIT_WORDS,
  MEMORY_BYTES_DEFAULT,
  SOCKETS_MAX,
  WINDOW_BYTES_MAX,
  WINDOW_BYTES_MIN,
} from "./abi.ts";
import { configWord } from "./control.ts";
import { initDelivery } from "./delivery.ts";
import { FRAMING_COBS, HEADER_BYTES_MAX } from "./framing/abi.ts";
import { batchBytes, initBatch } from "./framing/batch.ts";
import { initDelimiters } from "./framing/delimiters.ts";
import { largestFrame } from "./framing/framing.ts";
import { initHandshakes } from "./handshakes.ts";
import { DESCRIPTOR_BYTES, initPool, UNIT_BYTES, unpromisedBytes } from "./pool.ts";
import { initRing, RECORD_BYTES, RECORDS_MAX } from "./ring.ts";
import { IOV_BYTES, IOV_MAX, initSendQueues } from "./send-queue.ts";
import { SOCKET_BYTES } from "./socket.ts";
import { initSockets } from "./socket-table.ts";
import { initStarved } from "./starved.ts";
import { initWindow } from "./window.ts";

const PAGE_BYTES: u32 = 65536;
/**
 * 31 MiB: V8 collects garbage as soon as young buffers hold 32 MiB together, and this is one: that would be
 * milliseconds of the first socket. What is left is for the buffers of the app.
 */
const MEMORY_BYTES: u32 = MEMORY_BYTES_DEFAULT;
const MEMORY_BYTES_MAX: u32 = 0x7fff0000;
const SOCKETS: u32 = 65536;
/** Memory for each socket of the default limit: record, promised block, and a share of the rest. */
const SOCKET_SHARE_BYTES: u32 = 1024;
/** Memory for each byte of a window that is larger than usual. */
const WINDOW_SHARE_BYTES: u32 = 64;
/**
 * Not more: from 128 KiB on, the copies that apps get reach the limit above which glibc maps each
 * allocation anew, and bulk receive takes twice the CPU time.
 */
const WINDOW_BYTES: u32 = 65536;

let ready: bool = false;

/** Divides memory as the configuration in the scratch area says; E_ARG if that cannot be. */
export function initMemory(words: i32): i32 {
  if (ready) return E_STATE;
  if (words < 0 || words > INIT_WORDS) return E_ARG;
  const window = given(words, INIT_WINDOW_BYTES, WINDOW_BYTES);
  if (window < <u32>WINDOW_BYTES_MIN || window > <u32>WINDOW_BYTES_MAX) return E_ARG;
  const asked = given(words, INIT_SOCKETS_MAX, 1);
  if (asked > <u32>SOCKETS_MAX) return E_ARG;
  const needed = max(asked * SOCKET_SHARE_BYTES, window * WINDOW_SHARE_BYTES);
  const total = given(words, INIT_MEMORY_BYTES, max(MEMORY_BYTES, needed)) & ~(PAGE_BYTES - 1);
  const sockets = given(words, INIT_SOCKETS_MAX, min(SOCKETS, total / SOCKET_SHARE_BYTES));
  if (total > MEMORY_BYTES_MAX || sockets === 0) return E_ARG;
  return divide(total, sockets, window);
}

/** A word of the configuration; 0 and a missing one mean the default. */
function given(words: i32, word: i32, missing: u32): u32 {
  const value = configWord(words, word, 0);
  return value === 0 ? missing : value;
}

function divide(total: u32, sockets: u32, window: u32): i32 {
  const headroom = align(<u32>largestFrame(FRAMING_COBS, total >> 2) + 2 * HEADER_BYTES_MAX, 4096);
  const batch = batchBytes(window);
  // One read more than that: it may have to wait behind a message it completes.
  const front = headroom + align(window, 4096);
  const records = align(<u32>__heap_base, 64);
  const iov = records + RECORDS_MAX * RECORD_BYTES;
  const table = align(iov + IOV_MAX * IOV_BYTES, 64);
  const descriptors = table + sockets * SOCKET_BYTES;
  const left = <i64>total - <i64>descriptors - front - window - batch - 8192;
  if (left < <i64>sockets * (UNIT_BYTES + UNIT_BYTES / 2) + <i64>window * 2) return E_ARG;
  const units = <u32>left / (UNIT_BYTES + DESCRIPTOR_BYTES);
  const pool = (units * UNIT_BYTES) & ~4095;
  const batches = align(descriptors + units * DESCRIPTOR_BYTES, 64);
  const head = align(batches + batch, 4096);
  const pages = <i32>(total / PAGE_BYTES) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) return E_NOMEM;
  ready = true;
  initRing(records);
  initSockets(table, sockets);
  initBatch(batches, window);
  initDelimiters();
  initDelivery();
  initStarved();
  initHandshakes();
  initWindow(head + front, window, headroom, total >> 2);
  initPool(descriptors, align(head + front + window, 4096), pool, sockets);
  initSendQueues(iov, unpromisedBytes() >> 1);
  return 0;
}

function align(value: u32, to: u32): u32 {
  return (value + to - 1) & ~(to - 1);
}
