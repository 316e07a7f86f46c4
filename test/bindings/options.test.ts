import { describe, expect, test } from "vitest";
import { Engine } from "../../bindings/engine.ts";
import { checkPort, openWords, serverOptions, socketOptions } from "../../bindings/options.ts";

describe("options", () => {
  test("M12: undefined and null mean the defaults", () => {
    expect(socketOptions(undefined)).toEqual({});
    expect(socketOptions(null)).toEqual({});
    expect(serverOptions({ binaryType: undefined })).toEqual({});
  });

  test("every option takes what is allowed", () => {
    const all = {
      binaryType: "uint8array",
      useSecureTransport: false,
      idleTimeout: 0,
      highWaterMark: 0,
      lowWaterMark: 4294967294,
      maxBufferedAmount: Number.POSITIVE_INFINITY,
      allowHalfOpen: true,
      noDelay: false,
      keepAlive: 1000,
      connectTimeout: 2147483647,
      localAddress: "127.0.0.1",
      localPort: 0,
      family: 6,
      lookup: () => {},
      engine: new Engine({ memoryBytes: 2 << 20, maxSockets: 4, windowBytes: 16384 }),
    };
    expect(socketOptions(all)).toEqual(all);
  });

  const wrong: [string, unknown, string][] = [
    ["binaryType", "blob", 'one of "string", "arraybuffer", "uint8array"'],
    ["idleTimeout", -1, "an integer from 0 to 2147483647 milliseconds"],
    ["idleTimeout", "5", "an integer from 0 to 2147483647 milliseconds"],
    ["highWaterMark", 1.5, "an integer from 0 to 4294967294 bytes"],
    ["maxBufferedAmount", Number.NaN, "an integer from 0 to 4294967294 bytes or Infinity"],
    ["allowHalfOpen", 1, "true or false"],
    ["keepAlive", "yes", "true or false"],
    ["localPort", 65536, "an integer from 0 to 65535"],
    ["family", 5, "one of 0, 4, 6"],
    ["lookup", {}, "a function"],
    ["engine", {}, "an Engine"],
    ["localAddress", "", "a non-empty string"],
  ];
  test.each(wrong)("%s: %o is a TypeError that says what is allowed", (name, value, allowed) => {
    expect(() => socketOptions({ [name]: value })).toThrow(TypeError);
    expect(() => socketOptions({ [name]: value })).toThrow(`option "${name}"`);
    expect(() => socketOptions({ [name]: value })).toThrow(allowed);
  });

  test("an unknown option is a TypeError that names the known ones", () => {
    expect(() => socketOptions({ useSSL: true })).toThrow(/option "useSSL" is unknown.*binaryType/);
    expect(() => serverOptions({ connectTimeout: 5 })).toThrow(/"connectTimeout" is unknown/);
    expect(() => socketOptions({ constructor: 1 })).toThrow(/"constructor" is unknown/);
    expect(() => socketOptions(5)).toThrow(TypeError);
  });

  test("inherited properties are no options", () => {
    expect(socketOptions(Object.create({ binaryType: "arraybuffer" }))).toEqual({});
  });

  test("each is read once", () => {
    let reads = 0;
    const given = {
      get binaryType() {
        reads++;
        return "string";
      },
    };
    socketOptions(given);
    expect(reads).toBe(1);
  });

  test("M10: ports are integers or decimal digits", () => {
    expect(checkPort("x", "8105")).toBe(8105);
    expect(checkPort("x", 0)).toBe(0);
    expect(checkPort("x", 65535)).toBe(65535);
    for (const bad of [-1, 65536, 1.5, "", "0x10", " 80", "80 ", null, undefined, {}, Number.NaN]) {
      expect(() => checkPort("x", bad)).toThrow(/0 to 65535 is allowed/);
    }
  });

  test("the core's words have a place for each", () => {
    expect(openWords({}, 0)).toEqual([65536, 0, 0xffffffff, 0, 0, 0, 0xffffffff, 0, 0]);
    const words = openWords(
      {
        highWaterMark: 1,
        lowWaterMark: 2,
        maxBufferedAmount: 3,
        allowHalfOpen: true,
        connectTimeout: 4,
        idleTimeout: 5,
        maxConnections: 6,
        maxReceiveBytes: 7,
        useSecureTransport: true,
      },
      8,
    );
    expect(words).toEqual([1, 2, 3, 3, 4, 5, 6, 7, 8]);
  });
});
