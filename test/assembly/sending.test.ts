/** One payload at a time: what comes between its parts must not end up in anybody's frame. */
import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import { BUILDS, Embedder } from "../support/embedder.ts";

const CONFIG = [8 << 20, 32, abi.WINDOW_BYTES_MIN];

function text(value: string): Uint8Array {
  return Buffer.from(value, "latin1");
}

describe.each(BUILDS)("payloads in %s", (build) => {
  test("what was reserved under another framing cannot be committed", () => {
    const core = new Embedder(build, CONFIG);
    const [a, b] = [core.opened(), core.opened()];
    core.setFraming(a, { type: "fixed", size: 512 });
    core.call.reserve(a, 512);
    const at = core.call.reserve(b, 400);
    core.bytes.fill(7, at, at + 400);
    core.call.commit(b, 400);
    core.setFraming(a, { type: "lengthPrefixed", bytes: 4, strip: 1000 });
    expect(core.call.commit(a, 512)).toBe(abi.E_ARG);
    expect(core.call.buffered_amount(a)).toBe(0);
    core.drain(0);
    expect(core.transmit(b)).toEqual(Buffer.alloc(400, 7));
  });

  test("a frame that is shorter than its payload counts as it is towards maxBufferedAmount", () => {
    const core = new Embedder(build, CONFIG);
    const handle = core.opened({ [abi.OPEN_BUFFERED_MAX]: 200 });
    core.setFraming(handle, { type: "varint", offset: 1 });
    const payload = Uint8Array.of(0x2c, 0xdd, 0xc0, 0x2d, ...new Uint8Array(197)); // its varint: 3 bytes, for 2
    expect(core.send(handle, payload)).toBe(1);
    expect(core.call.buffered_amount(handle)).toBe(200);
    expect(core.send(handle, payload)).toBe(abi.E_LIMIT);
    expect(core.call.buffered_amount(handle)).toBe(200);
  });

  test("a payload begun is given up when another is sent between its pieces", () => {
    const core = new Embedder(build, CONFIG);
    const [a, b] = [core.opened(), core.opened()];
    core.setFraming(a, { type: "cobs" });
    core.setFraming(b, { type: "cobs" });
    core.call.encode_begin(a, 3);
    core.bytes.set(text("abc"), core.control(abi.CONTROL_SCRATCH));
    core.call.encode_part(a, 3);
    core.send(b, text("xyz"));
    expect(core.call.encode_end(a)).toBe(abi.E_STATE);
    core.drain(0);
    expect(core.transmit(b)).toEqual(Buffer.from("0478797a00", "hex"));
  });

  test("no message is delivered twice, however often it is said to be", () => {
    const core = new Embedder(build, CONFIG);
    const handle = core.opened();
    core.setFraming(handle, { type: "lines", eol: "\n" });
    core.receive(handle, text("a\nb\nc\n"));
    core.poll();
    expect(core.call.delivered(handle, 1)).toBe(0);
    expect(core.call.delivered(handle, 3)).toBe(0);
    expect(core.kinds()).toEqual([]);
  });

  test("a last line waits for somebody to take it", () => {
    const core = new Embedder(build, CONFIG);
    const handle = core.opened();
    core.setFraming(handle, { type: "lines", lastLine: true });
    core.receive(handle, text("abc"));
    core.drain();
    core.call.claim(handle, 0);
    core.call.ended(handle);
    expect(core.kinds()).toEqual([]);
    core.call.claim(handle, 1);
    expect(core.kinds()[0]).toBe("messages");
  });

  test("what waits for an app that pulls and is no message is an error, and no FIN goes before it", () => {
    const core = new Embedder(build, CONFIG);
    const handle = core.opened();
    core.setFraming(handle, { type: "lengthPrefixed", bytes: 2, maxMessageBytes: 3000 });
    core.call.claim(handle, 0);
    core.receive(handle, Uint8Array.of(0x66, 0, 0));
    core.call.ended(handle);
    core.drain();
    core.call.claim(handle, 1);
    expect(core.kinds()).toEqual(["error", "destroy", "close"]);
  });

  test("a read that was refused comes before what is read later", () => {
    const core = new Embedder(build, CONFIG);
    const listener = core.open(abi.ROLE_LISTENER, { [abi.OPEN_RECEIVE_BYTES_MAX]: 1 });
    core.call.connected(listener);
    core.drain();
    const handle = core.open(abi.ROLE_ACCEPTED, {}, listener);
    core.drain();
    core.call.claim(handle, 0);
    core.drain();
    expect(core.receive(handle, new Uint8Array(10_000))).toBe(abi.E_BUSY);
    core.call.claim(handle, 1); // before the order to pause was given
    expect(core.kinds()).toContain("resume");
  });

  test("a message and what came behind it are held, though they are more than the headroom", () => {
    const core = new Embedder(build, [8 << 20, 8, 65536]);
    const handle = core.opened();
    const size = (8 << 20) >> 2;
    core.setFraming(handle, { type: "lengthPrefixed", bytes: 4, maxMessageBytes: size });
    const bytes = Buffer.concat([Buffer.alloc(4), Buffer.alloc(size, "x"), Buffer.alloc(60_000)]);
    bytes.writeUInt32BE(size);
    for (let at = 0; at < size + 3; at += 65_536) {
      core.receive(handle, bytes.subarray(at, Math.min(at + 65_536, size + 3)));
      core.drain();
    }
    core.receive(handle, bytes.subarray(size + 3));
    core.call.suspend(handle);
    core.drain();
    core.call.resume(handle);
    const [record] = core.drain().filter(({ kind }) => kind === "messages");
    expect(record?.b).toBeGreaterThan(0);
  });
});
