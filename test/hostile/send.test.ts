/** send() of bytes that are not what they seem, with offsets and lengths that run code. */
import { describe, expect, test } from "vitest";
import { framing, type TCPSocket } from "../../bindings/index.ts";
import { TCPSocket as StrictSocket } from "../../bindings/mozilla.ts";
import { reports } from "../semantics/support/reports.ts";
import { onSite, Site } from "./support/site.ts";
import {
  type Any,
  BYTES,
  detached,
  HOSTILE,
  lying,
  outOfBounds,
  resizable,
  trap,
} from "./support/values.ts";

const FRAMINGS = [
  framing.lengthPrefixed(),
  framing.varint(),
  framing.lines({ lastLine: true }),
  framing.cobs(),
  framing.netstring(),
];

/** Each of them, in turn: whatever throws changes nothing, whatever does not is carried. */
async function sendAll(site: Site, socket: TCPSocket): Promise<void> {
  for (const { name, make } of HOSTILE) {
    site.attempt(`send(${name})`, () => socket.send(make()));
    site.attempt(`send(bytes, ${name})`, () => socket.send(new ArrayBuffer(8), make()));
    site.attempt(`send(bytes, 1, ${name})`, () => socket.send(new Uint8Array(8), 1, make()));
  }
  await site.works();
}

describe("send()", () => {
  onSite("of everything, as data, offset and length", (site) => sendAll(site, site.client));

  test.each(FRAMINGS)("of everything, framed: $type", async (how) => {
    const reported = await reports(0, async () => {
      const site = await Site.open({ framing: how });
      await sendAll(site, site.client);
    });
    expect(reported).toEqual([]);
  });

  onSite("of everything, by the strict profile", async (site) => {
    const { engine } = site;
    const socket = new StrictSocket("localhost", site.server.localPort, { engine });
    await site.run();
    await sendAll(site, socket);
    socket.close();
    await site.works();
  });

  onSite("in every state", async (site) => {
    const early = new Site();
    for (const { name, make } of HOSTILE)
      early.attempt(name, () => early.client.send(make(), make()));
    site.client.close();
    for (const { name, make } of HOSTILE)
      site.attempt(name, () => site.client.send(make(), make()));
    await site.works("while closing");
    for (const { name, make } of HOSTILE)
      site.attempt(name, () => site.client.send(make(), make()));
    await site.works("once closed");
    await early.works();
  });

  onSite("of bytes, whatever they say of themselves, takes what is there", async (site) => {
    const liars: [Any, number][] = [
      [lying(Uint16Array.of(0x4241, 0x4443), { byteLength: 999 }), 4],
      [lying(Uint16Array.of(0x4241, 0x4443), { byteLength: 1, buffer: new ArrayBuffer(99) }), 4],
      [lying(new ArrayBuffer(4), { byteLength: -5 }), 4],
      [lying(new ArrayBuffer(4), { byteLength: 2 ** 40 }), 4],
      [lying(new Uint8Array(4), { length: 9, byteLength: 9, byteOffset: 9, constructor: trap }), 4],
      [Object.setPrototypeOf(new Uint8Array(4), null), 4],
      [Object.setPrototypeOf(new ArrayBuffer(4), null), 4],
      [Object.setPrototypeOf(new SharedArrayBuffer(4), ArrayBuffer.prototype), 4],
      [Object.setPrototypeOf(new DataView(new ArrayBuffer(4)), Uint8Array.prototype), 4],
      [Object.setPrototypeOf(Uint16Array.of(0x4241, 0x4443), Uint8Array.prototype), 4],
      [
        new (class extends Uint8Array<ArrayBufferLike> {
          static get [Symbol.species](): Any {
            return (length: number) => new Uint8Array(length + 5000);
          }
        })(new SharedArrayBuffer(4)),
        4,
      ],
    ];
    for (const [liar, count] of liars) {
      const before = site.client.bufferedAmount;
      expect(site.client.send(liar)).toBe(true);
      expect(site.client.bufferedAmount - before).toBe(count);
    }
    expect(
      site.client.send(Object.setPrototypeOf(Uint16Array.of(0x4241), Uint8Array.prototype)),
    ).toBe(true);
    await site.run();
    expect(site.sent.slice(-2)).toBe("AB");
    await site.works();
  });

  onSite("of what only looks like bytes is a TypeError", async (site) => {
    for (const fake of [
      { [Symbol.toStringTag]: "ArrayBuffer", byteLength: 4, length: 4 },
      { [Symbol.toStringTag]: "SharedArrayBuffer", byteLength: 4, length: 4 },
      Object.create(ArrayBuffer.prototype),
      Object.create(Uint8Array.prototype),
      new Proxy(new ArrayBuffer(4), { get: (target, name) => (target as Any)[name] }),
      new Proxy(new Uint8Array(4), {}),
    ]) {
      expect(site.attempt("fake", () => site.client.send(fake))?.name).toBe("TypeError");
      expect(site.attempt("fake", () => site.client.send(fake, 0, 1))?.name).toBe("TypeError");
    }
    await site.works();
  });
});

/** Bytes that are gone. */
const GONE: [string, () => Any][] = [
  ["a detached Uint8Array", () => detached(new Uint8Array(4))],
  ["a detached DataView", () => detached(new DataView(new ArrayBuffer(4)))],
  ["a detached buffer", () => detached(new Uint8Array(4)).buffer],
  ["a Uint8Array out of bounds", () => outOfBounds((buffer) => new Uint8Array(buffer, 8))],
  ["a DataView out of bounds", () => outOfBounds((buffer) => new DataView(buffer, 8))],
];

describe.each(GONE)("M72: %s", (_, gone) => {
  onSite("is no bytes", async (site) => {
    for (const range of [[], [1], [0, 9]]) expect(site.client.send(gone(), ...range)).toBe(true);
    expect(site.client.bufferedAmount).toBe(0);
    await site.works();
  });

  onSite(
    "is an empty message",
    async (site) => {
      expect(site.client.send(gone())).toBe(true);
      expect(site.client.bufferedAmount).toBe(4);
      await site.works();
    },
    { framing: framing.lengthPrefixed() },
  );
});

describe("an offset or a length whose valueOf", () => {
  const lengths: [string, (buffer: Any) => void, number][] = [
    ["detaches the bytes", (buffer) => detached({ buffer }), 0],
    ["shrinks them", (buffer) => buffer.resize?.(3), 2],
    ["lets them grow", (buffer) => buffer.resize?.(16), 15],
  ];
  test.each(lengths)("%s", async (_, change, count) => {
    const views: ((buffer: ArrayBuffer) => Any)[] = [
      (buffer) => buffer,
      (buffer) => new Uint8Array(buffer),
      (buffer) => new Int8Array(buffer),
      (buffer) => new DataView(buffer),
    ];
    const site = await Site.open();
    for (const view of views) {
      const buffer = resizable(8, 16);
      const offset: Any = { valueOf: () => change(buffer) ?? 1 };
      const before = site.client.bufferedAmount;
      expect(site.client.send(view(buffer), offset)).toBe(true);
      if (buffer.resizable) expect(site.client.bufferedAmount - before).toBe(count);
    }
    await site.works();
  });

  onSite("sends on the same socket goes second", async (site) => {
    const { client } = site;
    const offset: Any = { valueOf: () => Number(client.send("first ")) };
    expect(client.send(new TextEncoder().encode("_second"), offset)).toBe(true);
    await site.run();
    expect(site.sent).toBe("first second");
    await site.works();
  });

  for (const end of ["close", "closeImmediately", "halfClose"] as const) {
    onSite(`calls ${end}() finds a socket that does not send`, async (site) => {
      const { client } = site;
      const length: Any = { valueOf: () => client[end]() ?? 4 };
      expect(() => client.send(new ArrayBuffer(8), 0, length)).toThrow(
        expect.objectContaining({ name: "InvalidStateError" }),
      );
      expect(client.bufferedAmount).toBe(0);
      await site.works();
    });
  }

  onSite("changes the framing is framed by the new one", async (site) => {
    const offset: Any = { valueOf: () => site.client.setFraming(framing.netstring()) ?? 0 };
    expect(site.client.send(new TextEncoder().encode("abc"), offset)).toBe(true);
    await site.run();
    expect(site.sent).toBe("3:abc,");
    site.client.setFraming(null);
    await site.works();
  });
});

describe("a shared buffer", () => {
  test.each(BYTES.filter(({ name }) => /shared|grow/.test(name)))(
    "$name: what is queued is a copy",
    async (bytes) => {
      const site = await Site.open();
      const given = bytes.make();
      const all = new Uint8Array(given.buffer ?? given).fill(7);
      site.client.send(given);
      all.fill(9);
      await site.run();
      expect(site.sent).toBe("\x07".repeat(8));
      await site.works();
    },
  );
});
