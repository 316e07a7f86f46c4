/**
 * A core built to trap, for tests only: the real one, but `reserve` of 666 bytes and `received` of
 * 667 divide by zero. Built by scripts/build.mjs into build/core.trapping.wasm.
 */
import * as core from "../../assembly/index.ts";

export {
  abi_version,
  abort,
  buffered_amount,
  bytes_received,
  bytes_sent,
  claim,
  close,
  closed,
  commit,
  connected,
  control,
  delivered,
  encode_begin,
  encode_end,
  encode_part,
  ended,
  expired,
  failed,
  gather,
  half_close,
  init,
  next_phase,
  open,
  poll,
  ready_state,
  ready_state_of,
  received_external,
  resume,
  secured,
  send_external,
  sent,
  set_framing,
  suspend,
  upgrade,
} from "../../assembly/index";

export function reserve(handle: i32, length: i32): i32 {
  return length / (length - 666) < 0 ? -1 : core.reserve(handle, length);
}

export function received(handle: i32, count: i32): i32 {
  return count / (count - 667) < -1000000 ? -1 : core.received(handle, count);
}
