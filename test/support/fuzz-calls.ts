/** The calls an embedder out of its senses makes, by name, each with arguments drawn anew. */
import type { CoreExports } from "../../bindings/core.ts";
import { hostile, type Random } from "./fuzz-random.ts";
import type { FuzzSocket } from "./fuzz-socket.ts";

/** `inside` a handler of bytes; `again` is any call of these. */
export function fuzzCalls(
  call: CoreExports,
  random: Random,
  socket: FuzzSocket,
  inside: boolean,
  again: () => void,
): Record<string, () => number> {
  const handle = random.chance(97) ? socket.handle : hostile(random);
  const any = hostile(random);
  const rarely = (percent: number, what: () => number): number =>
    random.chance(percent) ? what() : 0;
  return {
    suspend: () => call.suspend(handle),
    resume: () => call.resume(handle),
    resumeToo: () => call.resume(handle),
    claim: () => call.claim(handle, random.below(2)),
    close: () => rarely(10, () => call.close(handle)),
    abort: () => rarely(10, () => call.abort(handle)),
    half_close: () => rarely(20, () => call.half_close(handle)),
    ended: () => rarely(10, () => call.ended(handle)),
    failed: () => rarely(5, () => call.failed(handle, any)),
    closed: () => rarely(5, () => socket.gone()),
    expired: () => call.expired(handle, random.below(6) - 1),
    connected: () => call.connected(handle),
    upgrade: () => rarely(10, () => call.upgrade(handle)),
    secured: () => call.secured(handle),
    send: () => socket.send(again),
    sendToo: () => socket.send(again),
    sendInRoom: () => socket.sendInRoom(),
    sendInRoomToo: () => socket.sendInRoom(),
    reserve: () => Math.min(call.reserve(handle, any), 0),
    commit: () => socket.commit(any),
    external: () => call.send_external(handle, random.of([any, 1, 0, NaN, 2 ** 52, 100_000])),
    encode_begin: () => call.encode_begin(handle, random.of([any, NaN, 2 ** 60, 1000])),
    encode_part: () => call.encode_part(handle, random.of([any, 1024, 3])),
    encode_end: () => call.encode_end(handle),
    framing: () => socket.frame(),
    gather: () => socket.gather(),
    sent: () => socket.sent(),
    delivered: () => (inside ? 0 : call.delivered(handle, any)),
    getters: () => Math.min(call.ready_state(handle), call.next_phase(any, any), 0),
    passing: () => (inside ? call.received_external(handle, random.of([1, any])) : 0),
    received: () => (inside ? call.received(handle, random.below(1000)) : 0),
  };
}
