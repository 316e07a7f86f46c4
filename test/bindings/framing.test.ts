import { describe, expect, test } from "vitest";
import { Engine } from "../../bindings/engine.ts";
import { checkFraming } from "../../bindings/framing.ts";
import { framing, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";

const MIB = 1 << 20;

/** What a call throws. */
function thrown(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

describe("descriptions", () => {
  test("are complete, with the documented defaults", () => {
    const maxMessageBytes = MIB;
    expect(framing.fixed(4)).toEqual({ type: "fixed", size: 4 });
    expect(framing.lengthPrefixed()).toEqual({
      type: "lengthPrefixed",
      bytes: 4,
      endian: "big",
      offset: 0,
      adjust: 0,
      strip: 4,
      maxMessageBytes,
    });
    expect(framing.varint()).toEqual({ type: "varint", offset: 0, strip: true, maxMessageBytes });
    expect(framing.delimited("|")).toEqual({
      type: "delimited",
      delimiters: ["|"],
      keep: false,
      maxMessageBytes,
    });
    expect(framing.lines()).toEqual({
      type: "lines",
      eol: "\r\n",
      keep: false,
      lastLine: false,
      maxMessageBytes,
    });
    for (const type of ["netstring", "slip", "cobs", "contentLength"] as const) {
      expect(framing[type]()).toEqual({ type, maxMessageBytes });
    }
  });

  test("strip is the header if offset is 0, else nothing, unless it is said", () => {
    for (const bytes of [1, 2, 3, 4, 8] as const) {
      expect(framing.lengthPrefixed({ bytes })).toMatchObject({ strip: bytes });
      expect(framing.lengthPrefixed({ bytes, offset: 1 })).toMatchObject({ strip: 0 });
      expect(framing.lengthPrefixed({ bytes, offset: 1, strip: 3 })).toMatchObject({ strip: 3 });
      expect(framing.lengthPrefixed({ bytes, strip: 0 })).toMatchObject({ strip: 0 });
    }
    expect(framing.varint({ offset: 1 })).toMatchObject({ strip: false });
    expect(framing.varint({ offset: 1, strip: true })).toMatchObject({ strip: true });
    expect(framing.varint({ strip: false })).toMatchObject({ strip: false });
  });

  test("undefined is the default", () => {
    const { adjust, offset, strip } = { adjust: undefined, offset: undefined, strip: undefined };
    const given = { bytes: 2, adjust, offset, strip } as never;
    expect(framing.lengthPrefixed(given)).toEqual(framing.lengthPrefixed({ bytes: 2 }));
    expect(framing.lines(undefined)).toEqual(framing.lines({}));
  });

  test("are frozen, also the list of delimiters", () => {
    const given = { type: "delimited", delimiters: ["a", "b"] } as const;
    for (const made of [framing.fixed(1), framing.lines(), checkFraming(given)]) {
      expect(Object.isFrozen(made)).toBe(true);
    }
    const made = framing.delimited(given.delimiters);
    expect(made.type === "delimited" && Object.isFrozen(made.delimiters)).toBe(true);
  });

  test("what was given is copied: it may change afterwards", () => {
    const bytes = Uint8Array.of(13, 10);
    const delimiters = ["|", bytes];
    const options = { keep: true };
    const made = framing.delimited(delimiters, options);
    bytes.fill(0);
    delimiters.push("x");
    options.keep = false;
    expect(made).toMatchObject({ delimiters: ["|", "\r\n"], keep: true });
    expect(delimiters).toHaveLength(3);
  });

  test("delimiters are strings or bytes, of any kind", () => {
    const forms = ["\xff\0", Uint8Array.of(255, 0), Buffer.from([255, 0])];
    for (const form of forms) {
      expect(framing.delimited(form)).toMatchObject({ delimiters: ["\xff\0"] });
      expect(framing.delimited([form])).toMatchObject({ delimiters: ["\xff\0"] });
    }
    const view = Uint8Array.of(1, 2, 3, 4).subarray(1, 3);
    expect(framing.delimited(view)).toMatchObject({ delimiters: ["\x02\x03"] });
    const eight = ["a", "b", "c", "d", "e", "f", "g", "x".repeat(16)];
    expect(framing.delimited(eight)).toMatchObject({ delimiters: eight });
  });

  test("handmade ones are as good, complete or not", () => {
    expect(checkFraming({ type: "lines" })).toEqual(framing.lines());
    expect(checkFraming({ type: "fixed", size: 3 })).toEqual(framing.fixed(3));
    expect(checkFraming({ type: "lengthPrefixed", bytes: 2, offset: 3 })).toEqual(
      framing.lengthPrefixed({ bytes: 2, offset: 3 }),
    );
    expect(checkFraming({ type: "delimited", delimiters: ";" })).toEqual(framing.delimited(";"));
    const parsed = JSON.parse(JSON.stringify(framing.contentLength({ maxMessageBytes: 10 })));
    expect(checkFraming(parsed)).toEqual(framing.contentLength({ maxMessageBytes: 10 }));
    expect(checkFraming(Object.assign(Object.create(null), { type: "slip" }))).toEqual(
      framing.slip(),
    );
    for (const made of [framing.lines(), framing.delimited(["a", "b"]), framing.varint()]) {
      expect(checkFraming(made)).toEqual(made);
    }
  });

  test("each property is read once", () => {
    const reads: string[] = [];
    const spied = new Proxy(
      { type: "lengthPrefixed", bytes: 2, offset: 1 },
      {
        get(target, name) {
          if (name !== "type") reads.push(String(name));
          return Reflect.get(target, name);
        },
      },
    );
    checkFraming(spied);
    expect(reads.sort()).toEqual(["bytes", "offset"]);
  });
});

const INTEGER = "4294967294 bytes";
const DELIMITERS = "one to 8 delimiters of 1 to 16 bytes";

/** A mistake, what the message must name, what came, and what is allowed. */
const MISTAKES: readonly [call: () => unknown, name: string, came: string, allowed: string][] = [
  [() => framing.fixed(undefined as never), "framing.fixed", "undefined", INTEGER],
  [() => framing.fixed(0), '"size"', "0 came", `1 to ${INTEGER}`],
  [() => framing.fixed(1.5), '"size"', "1.5 came", INTEGER],
  [() => framing.fixed(2 ** 32), '"size"', "4294967296 came", INTEGER],
  [() => framing.fixed("4" as never), '"size"', '"4" came', INTEGER],
  [() => framing.fixed(4n as never), '"size"', "4 came", INTEGER],
  [() => framing.lengthPrefixed({ bytes: 5 as never }), '"bytes"', "5 came", "1, 2, 3, 4, 8"],
  [() => framing.lengthPrefixed({ endian: "BE" as never }), '"endian"', '"BE"', '"big", "little"'],
  [() => framing.lengthPrefixed({ offset: -1 }), '"offset"', "-1 came", "0 to 1000 bytes"],
  [() => framing.lengthPrefixed({ offset: 1001 }), '"offset"', "1001 came", "0 to 1000 bytes"],
  [() => framing.lengthPrefixed({ strip: 1001 }), '"strip"', "1001 came", "0 to 1000 bytes"],
  [() => framing.lengthPrefixed({ strip: true as never }), '"strip"', "true came", "0 to 1000"],
  [() => framing.lengthPrefixed({ adjust: 2 ** 31 }), '"adjust"', "2147483648", "2147483647"],
  [() => framing.lengthPrefixed({ adjust: Number.NaN }), '"adjust"', "NaN", "2147483647"],
  [() => framing.lengthPrefixed({ keep: true } as never), '"keep" is unknown', "", "endian"],
  [() => framing.varint({ strip: 1 as never }), '"strip"', "1 came", "true or false"],
  [() => framing.varint({ bytes: 4 } as never), '"bytes" is unknown', "", "offset, strip"],
  [() => framing.lines({ eol: "\r" as never }), '"eol"', '"\\r"', '"\\r\\n", "\\n"'],
  [() => framing.lines({ keep: 1 as never }), '"keep"', "1 came", "true or false"],
  [() => framing.lines({ lastLine: "no" as never }), '"lastLine"', '"no"', "true or false"],
  [() => framing.lines("\n" as never), "framing", '"\\n" came', "object"],
  [() => framing.lines(null as never), "framing", "null came", "object"],
  [() => framing.slip({ maxMessageBytes: 0 }), '"maxMessageBytes"', "0 came", INTEGER],
  [() => framing.cobs({ maxMessageBytes: Infinity }), '"maxMessageBytes"', "Infinity", INTEGER],
  [
    () => framing.netstring({ maxBytes: 1 } as never),
    '"maxBytes" is unknown',
    "",
    "maxMessageBytes",
  ],
  [() => framing.delimited(undefined as never), "framing.delimited", "undefined", DELIMITERS],
  [() => framing.delimited([]), "framing.delimited", "0 came", DELIMITERS],
  [() => framing.delimited(""), "framing.delimited", '"" came', DELIMITERS],
  [() => framing.delimited("x".repeat(17)), "framing.delimited", '"xxxxxxxx', DELIMITERS],
  [() => framing.delimited(new Uint8Array(17)), "framing.delimited", "Uint8Array", DELIMITERS],
  [() => framing.delimited("\u0100"), "framing.delimited", '"\u0100"', DELIMITERS],
  [() => framing.delimited(10 as never), "framing.delimited", "10 came", DELIMITERS],
  [() => framing.delimited(["a", null as never]), "framing.delimited", "null came", DELIMITERS],
  [() => framing.delimited([..."abcdefghi"]), "framing.delimited", "9 came", DELIMITERS],
  [() => framing.delimited(["a", "a"]), "framing.delimited", '"a" came beside "a"', "first"],
  [() => framing.delimited(["bc", "abcd"]), "framing.delimited", '"abcd" came beside "bc"', ""],
  [() => checkFraming({ type: "fixed" }), "framing.fixed", "undefined", INTEGER],
  [() => checkFraming({ type: "delimited" }), "framing.delimited", "undefined", DELIMITERS],
  [() => checkFraming({ type: "line" }), "framing", '"line" came', "lengthPrefixed, varint"],
  [() => checkFraming({ type: "toString" }), "framing", '"toString" came', "netstring"],
  [() => checkFraming({ type: 1 }), "framing", "1 came", "netstring"],
  [() => checkFraming({}), "framing", "[object Object] came", "lines"],
  [() => checkFraming([]), "framing", "[object Array] came", "lines"],
  [() => checkFraming("lines"), "framing", '"lines" came', "lines"],
  [() => checkFraming(undefined), "framing", "undefined came", "lines"],
];

describe("mistakes", () => {
  test.each(MISTAKES.map((mistake, i) => [i, ...mistake] as const))(
    "%i: one TypeError that names it, what came and what is allowed",
    (_i, call, name, came, allowed) => {
      const error = thrown(call);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain(name);
      expect(error.message).toContain(came);
      expect(error.message).toContain(allowed);
    },
  );

  test("one that ends with another, or shares its end, is none", () => {
    expect(framing.delimited(["\r\n", "\n"])).toMatchObject({ delimiters: ["\r\n", "\n"] });
    expect(framing.delimited(["abc", "bc", "c"])).toMatchObject({ delimiters: ["abc", "bc", "c"] });
  });
});

describe("the option", () => {
  const host = new Loopback({ virtual: true });
  const engine = new Engine({ host, memoryBytes: 8 * MIB, maxSockets: 8 });

  test("nothing is opened when the framing is bad", () => {
    const bad: unknown[] = [
      "lines",
      [],
      {},
      { type: "fixed" },
      { type: "fixed", size: 3 * MIB },
      { type: "lines", maxMessageBytes: 2 * MIB + 1 },
      { type: "delimited", delimiters: ["a", "a"] },
      { type: "slip", maxMessageBytes: 3 * MIB },
    ];
    for (const given of bad) {
      const options = { engine, framing: given as never };
      expect(() => new TCPSocket("localhost", 1, options)).toThrow(/framing/);
      expect(() => TCPSocket.open("localhost", 1, options)).toThrow(/framing/);
      expect(() => new TCPServerSocket(0, options)).toThrow(/framing/);
    }
    expect(engine.stats.sockets).toBe(0);
    expect(engine.stats.poolFreeBytes).toBe(engine.stats.poolBytes);
    expect(host.connections).toHaveLength(0);
    expect(host.step()).toBe(false);
  });

  test("null and undefined are none", () => {
    for (const none of [null, undefined]) {
      const socket = new TCPSocket("localhost", 1, { engine, framing: none as never });
      socket.closeImmediately();
    }
  });
});
