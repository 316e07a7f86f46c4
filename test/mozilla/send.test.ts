/** What the strict send() takes for bytes and what for text. */
import { runInNewContext } from "node:vm";
import { expect } from "vitest";
import { difference, latin1, pattern, text } from "../semantics/support/bytes.ts";
import { thrown } from "../semantics/support/thrown.ts";
import { EVERYWHERE, WIDE } from "../semantics/support/world.ts";
import { send, strictly } from "./support/strict.ts";

const bytes = (): Uint8Array<ArrayBuffer> => Uint8Array.of(1, 2, 3, 4);

strictly(EVERYWHERE, (test) => {
  test("M64 M65: all but an ArrayBuffer is sent as the string it becomes", async (strict) => {
    const [client, served] = await strict.pair({ binaryType: "arraybuffer" });
    const node = Buffer.from("as text");
    const given: [unknown, string][] = [
      ["text", "text"],
      [bytes(), "1,2,3,4"],
      [new Uint16Array([256, 2]), "256,2"],
      [node, "as text"],
      [new DataView(new ArrayBuffer(3)), "[object DataView]"],
      [new SharedArrayBuffer(4), "[object SharedArrayBuffer]"],
      [{ [Symbol.toStringTag]: "ArrayBuffer" }, "[object ArrayBuffer]"],
      [{ toString: () => "object", valueOf: () => 1 }, "object"],
      ...[5, -0, 1n, null, undefined, true, ["a", ["b"]]].map((value): [unknown, string] => [
        value,
        String(value),
      ]),
    ];
    let expected = "";
    for (const [value, sent] of given) {
      expect(send(client.socket, value)).toBe(true);
      expected += sent;
    }
    expect(text(await served.got(expected.length))).toBe(expected);
  });

  test("M64: a Uint8Array whose toString is another sends what that says", async (strict) => {
    const [client, served] = await strict.pair();
    const big = Object.assign(pattern(70_000), { toString: Object.prototype.toString });
    expect(send(client.socket, big)).toBe(true);
    expect(client.socket.bufferedAmount).toBe("[object Uint8Array]".length);
    client.socket.close();
    await served.fired("close");
    expect(text(served.bytes)).toBe("[object Uint8Array]");
  });

  test("M64: an ArrayBuffer is bytes, of whatever realm and binaryType", async (strict) => {
    const [client, served] = await strict.pair({ binaryType: "string" });
    expect(send(client.socket, bytes().buffer)).toBe(true);
    expect([...(await served.got(4))]).toEqual([1, 2, 3, 4]);
    const foreign: ArrayBuffer = runInNewContext("Uint8Array.of(5, 6, 7).buffer");
    expect(foreign).not.toBeInstanceOf(ArrayBuffer);
    expect(send(client.socket, foreign, 1)).toBe(true);
    expect([...(await served.got(6)).subarray(4)]).toEqual([6, 7]);
  });

  test("M68: offset and length are modulo 2^32, then clamped", async (strict) => {
    const [client, served] = await strict.pair();
    const ranges: [unknown[], number[]][] = [
      [[1], [2, 3, 4]],
      [
        ["1", "2"],
        [2, 3],
      ],
      [
        [2 ** 32 + 1, 2 ** 32 + 2],
        [2, 3],
      ],
      [
        [undefined, undefined],
        [1, 2, 3, 4],
      ],
      [[null, null], []],
      [
        [2, 100],
        [3, 4],
      ],
      [[3.9, 1.9], [4]],
      [
        [1, -1],
        [2, 3, 4],
      ],
      [[-1], []],
      [[4], []],
      [[5, 1], []],
      [[0, 0], []],
      [[Number.NaN, Number.NaN], []],
      [[{ valueOf: () => 2 }], [3, 4]],
    ];
    const expected: number[] = [];
    for (const [range, sent] of ranges) {
      const before = client.socket.bufferedAmount;
      expect(send(client.socket, bytes().buffer, ...range)).toBe(true);
      expect(client.socket.bufferedAmount - before, String(range)).toBe(sent.length);
      expected.push(...sent);
    }
    expect([...(await served.got(expected.length))]).toEqual(expected);
    for (const range of [[1n], [0, 1n], [Symbol("offset")]]) {
      expect(() => send(client.socket, bytes().buffer, ...range)).toThrow(TypeError);
    }
  });

  test("M68: for a string they are not looked at", async (strict) => {
    const [client, served] = await strict.pair();
    expect(send(client.socket, "whole", 1, Symbol("length"))).toBe(true);
    expect(text(await served.got(5))).toBe("whole");
  });

  test("M67 M72: nothing to send is fine, a detached buffer has length 0", async (strict) => {
    const [client] = await strict.pair();
    const detached = bytes().buffer;
    structuredClone(detached, { transfer: [detached] });
    for (const data of ["", new ArrayBuffer(0), detached, []]) {
      expect(send(client.socket, data)).toBe(true);
    }
    expect(client.socket.bufferedAmount).toBe(0);
  });

  test("M72: what is sent is what it was at the call", async (strict) => {
    const [client, served] = await strict.pair();
    const changing = bytes();
    client.socket.send(changing.buffer);
    changing.fill(9);
    client.socket.send(changing.buffer);
    structuredClone(changing.buffer, { transfer: [changing.buffer] });
    expect([...(await served.got(8))]).toEqual([1, 2, 3, 4, 9, 9, 9, 9]);
  });

  test("M66: every char up to U+00FF is its byte, above is a TypeError", async (strict) => {
    const [client, served] = await strict.pair();
    const all = String.fromCharCode(...Array(256).keys());
    for (const [wide, code] of [
      ["\u0100", "0100"],
      [`${all}\u20ac`, "20AC"],
      ["\u{1f600}", "1F600"],
    ]) {
      const error = thrown(() => send(client.socket, wide));
      expect(error).toBeInstanceOf(TypeError);
      expect(error?.message).toContain(`character U+${code} is above U+00FF; pass an ArrayBuffer`);
      expect(client.socket.bufferedAmount).toBe(0);
    }
    expect(() => send(client.socket, { toString: () => "\ud800" })).toThrow(TypeError);
    expect(() => send(client.socket, Symbol("s"))).toThrow(TypeError);
    expect(() => send(client.socket)).toThrow(TypeError);
    client.socket.send(all);
    expect(await served.got(256)).toEqual(latin1(all));
  });

  test("M63 M66: arguments are converted before the state is looked at", async (strict) => {
    const client = strict.open(strict.listen().server.localPort);
    const log: string[] = [];
    const data = { toString: () => String(log.push("data")) };
    const length = { valueOf: () => log.push("length") };
    const refused = (): void => {
      log.length = 0;
      expect(thrown(() => send(client.socket, data))?.name).toBe("InvalidStateError");
      expect(thrown(() => send(client.socket, bytes().buffer, 0, length))?.name).toBe(
        "InvalidStateError",
      );
      expect(log).toEqual(["data", "length"]);
      expect(thrown(() => send(client.socket, "\u0100"))?.name).toBe("TypeError");
      expect(thrown(() => send(client.socket))?.name).toBe("TypeError");
    };
    refused();
    await client.fired("open");
    client.socket.close();
    refused();
    await client.fired("close");
    refused();
  });
});

strictly(WIDE, (test) => {
  test("M70 M12: 65536 bytes are the mark, whatever highWaterMark says", async (strict) => {
    const [client, served] = await strict.pair({ highWaterMark: 1 });
    const big = pattern(65_539);
    expect(send(client.socket, big.buffer, 0, 65_536)).toBe(true);
    expect(send(client.socket, big.buffer, 65_536, big.length)).toBe(false);
    await client.fired("drain");
    expect(difference(await served.got(big.length), big)).toBeNull();
  });
});
