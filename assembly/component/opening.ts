/** The op `open`: settings become words at the scratch area, where the core reads them. */
import {
  E_NOMEM,
  NO_LIMIT,
  OPEN_BUFFERED_MAX,
  OPEN_CONNECT_TIMEOUT,
  OPEN_CONNECTIONS_MAX,
  OPEN_FLAG_HALF_OPEN,
  OPEN_FLAG_SECURE,
  OPEN_FLAGS,
  OPEN_HANDSHAKE_TIMEOUT,
  OPEN_HIGH_WATER_MARK,
  OPEN_IDLE_TIMEOUT,
  OPEN_LOW_WATER_MARK,
  OPEN_RECEIVE_BYTES_MAX,
  OPEN_WORDS,
} from "../abi.ts";
import { scratchWord } from "../control.ts";
import * as core from "../index.ts";
import * as layout from "./layout.ts";
import { clearSeat, Seat, STEPWISE, seatOf } from "./seats.ts";

const HIGH_WATER_MARK: u32 = 65536;

function put(word: i32, value: u32): void {
  store<u32>(scratchWord(word), value);
}

/** opening: | role, 8 bytes | settings: address, how many | */
export function openSocket(opening: usize): i32 {
  const settings = load<u32>(opening, 8);
  const count = load<u32>(opening, 12);
  for (let word = 0; word < OPEN_WORDS; word++) put(word, 0);
  put(OPEN_HIGH_WATER_MARK, HIGH_WATER_MARK);
  put(OPEN_BUFFERED_MAX, NO_LIMIT);
  put(OPEN_CONNECTIONS_MAX, NO_LIMIT);
  let stepwise: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const setting = settings + i * layout.SETTING_BYTES;
    if (<u32>load<u8>(setting) === layout.SETTING_STEPWISE) stepwise = STEPWISE;
    else set(setting);
  }
  const handle = core.open(load<u8>(opening), load<u32>(opening, 4), OPEN_WORDS);
  if (handle < 0) return handle;
  const seat = seatOf(handle);
  if (seat === 0) {
    core.abort(handle);
    core.closed(handle);
    return E_NOMEM;
  }
  clearSeat(changetype<Seat>(seat));
  changetype<Seat>(seat).flags = stepwise;
  return handle;
}

function set(setting: usize): void {
  const kind: u32 = load<u8>(setting);
  if (kind === layout.SETTING_ALLOW_HALF_OPEN) flag(OPEN_FLAG_HALF_OPEN);
  else if (kind === layout.SETTING_SECURE) flag(OPEN_FLAG_SECURE);
  else put(wordOf(kind), load<u32>(setting, 4));
}

function flag(bit: u32): void {
  put(OPEN_FLAGS, load<u32>(scratchWord(OPEN_FLAGS)) | bit);
}

function wordOf(kind: u32): i32 {
  switch (kind) {
    case layout.SETTING_HIGH_WATER_MARK:
      return OPEN_HIGH_WATER_MARK;
    case layout.SETTING_LOW_WATER_MARK:
      return OPEN_LOW_WATER_MARK;
    case layout.SETTING_MAX_BUFFERED:
      return OPEN_BUFFERED_MAX;
    case layout.SETTING_CONNECT_TIMEOUT:
      return OPEN_CONNECT_TIMEOUT;
    case layout.SETTING_IDLE_TIMEOUT:
      return OPEN_IDLE_TIMEOUT;
    case layout.SETTING_HANDSHAKE_TIMEOUT:
      return OPEN_HANDSHAKE_TIMEOUT;
    case layout.SETTING_MAX_CONNECTIONS:
      return OPEN_CONNECTIONS_MAX;
    case layout.SETTING_MAX_RECEIVE_BYTES:
      return OPEN_RECEIVE_BYTES_MAX;
    default:
      return OPEN_WORDS; // where nothing is read
  }
}
