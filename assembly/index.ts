/**
 * The exports of the core, in four groups: lifecycle, commands, inputs, outputs, and getters.
 *
 * This file finds the socket a handle names and passes it on; it decides nothing. Every export
 * takes and returns i32 (f64 where a count may pass 2^31), accepts any argument, and returns a
 * negative code for misuse. docs/abi.md describes each.
 */
import { ABI_VERSION_MAJOR, ABI_VERSION_MINOR, E_STALE } from "./abi.ts";
import * as commands from "./commands.ts";
import { controlBlock } from "./control.ts";
import { expire } from "./deadlines.ts";
import { deliveredMessages } from "./delivery.ts";
import { checkFraming } from "./framing/framing.ts";
import * as inputs from "./inputs.ts";
import { initMemory } from "./memory.ts";
import * as states from "./ready-state.ts";
import * as sending from "./sending.ts";
import { Socket } from "./socket.ts";
import { findSocket } from "./socket-table.ts";
import * as turn from "./turn.ts";
import { transportSecured } from "./upgrade.ts";

// ---- Lifecycle

export function abi_version(): i32 {
  return (ABI_VERSION_MAJOR << 16) | ABI_VERSION_MINOR;
}

export function control(): i32 {
  return <i32>controlBlock();
}

export function init(words: i32): i32 {
  return initMemory(words);
}

export function open(role: i32, parent: i32, words: i32): i32 {
  return commands.openSocket(role, parent, words);
}

// ---- Commands: what the app asks

export function reserve(handle: i32, length: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : sending.reserve(changetype<Socket>(socket), length);
}

export function commit(handle: i32, length: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : sending.commit(changetype<Socket>(socket), length);
}

export function send_external(handle: i32, length: f64): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : sending.sendExternal(changetype<Socket>(socket), length);
}

export function encode_begin(handle: i32, length: f64): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : sending.encodeBegin(changetype<Socket>(socket), length);
}

export function encode_part(handle: i32, count: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : sending.encodePart(changetype<Socket>(socket), count);
}

export function encode_end(handle: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : sending.encodeEnd(changetype<Socket>(socket));
}

export function set_framing(handle: i32, words: i32): i32 {
  if (handle === 0) return checkFraming(words);
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : commands.setFraming(changetype<Socket>(socket), words);
}

export function suspend(handle: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : commands.suspend(changetype<Socket>(socket));
}

export function resume(handle: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : commands.resume(changetype<Socket>(socket));
}

export function claim(handle: i32, wanted: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : commands.claim(changetype<Socket>(socket), wanted !== 0);
}

export function close(handle: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : commands.close(changetype<Socket>(socket));
}

export function abort(handle: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : commands.abort(changetype<Socket>(socket));
}

export function half_close(handle: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : commands.halfClose(changetype<Socket>(socket));
}

export function upgrade(handle: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : commands.upgrade(changetype<Socket>(socket));
}

// ---- Inputs: what the host reports

export function connected(handle: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : inputs.transportConnected(changetype<Socket>(socket));
}

export function secured(handle: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : transportSecured(changetype<Socket>(socket));
}

export function received(handle: i32, count: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : inputs.transportReceived(changetype<Socket>(socket), count);
}

export function received_external(handle: i32, count: i32): i32 {
  const socket = findSocket(handle);
  if (socket === 0) return E_STALE;
  return inputs.transportReceivedExternal(changetype<Socket>(socket), count);
}

export function sent(handle: i32, count: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : inputs.transportSent(changetype<Socket>(socket), count);
}

export function ended(handle: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : inputs.transportEnded(changetype<Socket>(socket));
}

export function failed(handle: i32, reason: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : inputs.transportFailed(changetype<Socket>(socket), reason);
}

export function closed(handle: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : inputs.transportClosed(changetype<Socket>(socket));
}

export function expired(handle: i32, kind: i32): i32 {
  const socket = findSocket(handle);
  if (socket === 0) return E_STALE;
  expire(changetype<Socket>(socket), kind);
  return 0;
}

export function delivered(handle: i32, count: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : deliveredMessages(changetype<Socket>(socket), count);
}

// ---- Outputs: what the host collects

export function poll(events: i32): i32 {
  return turn.poll(events !== 0);
}

export function gather(handle: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : sending.gather(changetype<Socket>(socket));
}

// ---- Getters

export function ready_state(handle: i32): i32 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : states.readyStateOf(changetype<Socket>(socket).phase);
}

export function buffered_amount(handle: i32): f64 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : <f64>changetype<Socket>(socket).buffered;
}

export function bytes_sent(handle: i32): f64 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : <f64>changetype<Socket>(socket).bytesSent;
}

export function bytes_received(handle: i32): f64 {
  const socket = findSocket(handle);
  return socket === 0 ? E_STALE : <f64>changetype<Socket>(socket).bytesReceived;
}

export function next_phase(phase: i32, step: i32): i32 {
  return states.nextPhase(phase, step);
}

export function ready_state_of(phase: i32): i32 {
  return states.readyStateOf(phase);
}
