/**
 * Values that nobody should pass: made anew for each use, with a name that says in a failure what came.
 *
 * What throws, throws a Trap, so that a value's own exception can be told from one of the API's. Nothing
 * here hangs, and nothing has an effect beyond itself.
 */
import fc from "fast-check";
import { Engine, TCPSocket } from "../../../bindings/index.ts";

/** What the code of hostile values throws. */
export class Trap extends Error {
  override readonly name = "Trap";
}

export function trap(): never {
  throw new Trap("sprung");
}

/** Any value, for calls that the types forbid. */
// biome-ignore lint/suspicious/noExplicitAny: that is what this is about
export type Any = any;

/** A value with a name. */
export class Hostile {
  readonly name: string;
  readonly make: () => Any;

  constructor(name: string, make: () => Any) {
    this.name = name;
    this.make = make;
  }

  [fc.toStringMethod](): string {
    return this.name;
  }
}

const HANDLER_NAMES = Reflect.ownKeys(Reflect).filter((name) => typeof name === "string");

/** A proxy whose every trap springs. */
export function springing(target: object): Any {
  return new Proxy(target, Object.fromEntries(HANDLER_NAMES.map((name) => [name, trap])));
}

function revoked(target: object): Any {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

export function detached<T extends { buffer: ArrayBufferLike }>(view: T): T {
  structuredClone(view.buffer, { transfer: [view.buffer as ArrayBuffer] });
  return view;
}

/** A buffer that can be resized, where the runtime has these; else one that cannot. */
export function resizable(bytes: number, most: number): Any {
  return Reflect.construct(ArrayBuffer, [bytes, { maxByteLength: most }]);
}

function growable(bytes: number, most: number): SharedArrayBuffer {
  return Reflect.construct(SharedArrayBuffer, [bytes, { maxByteLength: most }]);
}

/** A view that begins behind the end of its buffer. */
export function outOfBounds(view: (buffer: ArrayBuffer) => ArrayBufferView): Any {
  const buffer = resizable(16, 16);
  const made = view(buffer);
  buffer.resize?.(1);
  return made;
}

/** Says of itself what is not so. */
export function lying<T extends object>(value: T, lies: object): T {
  const all = Object.entries(lies).map(([name, lie]) => [name, { get: () => lie }]);
  return Object.defineProperties(value, Object.fromEntries(all));
}

class Liar extends Uint8Array<ArrayBufferLike> {
  static get [Symbol.species](): Any {
    return function species(length: number): Uint8Array {
      return new Uint8Array(length + 5000);
    };
  }
  override get length(): number {
    return 2 ** 40;
  }
  override get byteLength(): number {
    return -1;
  }
  override get byteOffset(): number {
    return 2 ** 31;
  }
}

/** An array that claims one member and brings as many as are wanted, and others. */
export function endless(member: unknown): Any {
  function* forever(): Generator<unknown> {
    for (let i = 0; i < 100_000; i++) yield member;
  }
  return Object.assign([member], { [Symbol.iterator]: forever });
}

const numbers = [
  Number.NaN,
  -0,
  0,
  1,
  -1,
  1.5,
  Infinity,
  -Infinity,
  5e-324,
  2 ** 31,
  2 ** 32,
  2 ** 53,
];
const bigs = [0n, 1n, -1n, 2n ** 64n];
const texts = ["", "0", "65536", "\0", "\ud800", "\udc00x", "\u0100", "\u{1f600}", "__proto__"];
const plain = [undefined, null, true, false, ...numbers, ...bigs, ...texts];

const primitives = [
  ...plain.map((value) => {
    const name = Object.is(value, -0)
      ? "-0"
      : typeof value === "string"
        ? JSON.stringify(value)
        : `${value}`;
    return new Hostile(name, () => value);
  }),
  new Hostile("a symbol", () => Symbol("hostile")),
  new Hostile("a long string", () => "\u0101".repeat(100_000)),
];

const objects: [string, () => Any][] = [
  ["{}", () => ({})],
  ["an object of no class", () => Object.create(null)],
  ["an array with a hole", () => Array(1)],
  ["an endless array", () => endless("a")],
  ["an array that springs", () => Object.defineProperty([1], 0, { get: trap })],
  ["a function", () => () => {}],
  ["a function of no class", () => Object.setPrototypeOf(() => {}, null)],
  ["a class", () => class {}],
  ["valueOf that springs", () => ({ valueOf: trap, toString: trap })],
  ["toPrimitive that springs", () => ({ [Symbol.toPrimitive]: trap })],
  ["toPrimitive of no use", () => ({ [Symbol.toPrimitive]: () => ({}) })],
  ["a tag that springs", () => Object.defineProperty({}, Symbol.toStringTag, { get: trap })],
  // biome-ignore lint/suspicious/noThenProperty: that is what it has
  ["a thenable that springs", () => Object.defineProperty({}, "then", { get: trap })],
  [
    "what calls itself an ArrayBuffer",
    () => ({ [Symbol.toStringTag]: "ArrayBuffer", byteLength: 9, length: 9 }),
  ],
  [
    "getters that spring",
    () => ({
      get type(): never {
        return trap();
      },
      get signal(): never {
        return trap();
      },
    }),
  ],
  ["a frozen object", () => Object.freeze({ type: "lines" })],
  ["a proxy that springs", () => springing({})],
  ["a function that springs", () => springing(() => {})],
  ["a revoked proxy", () => revoked({})],
  ["a revoked array", () => revoked([])],
  ["what looks like a signal", () => Object.create(AbortSignal.prototype)],
  ["what looks like an Engine", () => Object.create(Engine.prototype)],
  ["what looks like a socket", () => Object.create(TCPSocket.prototype)],
  ["what looks like an event", () => Object.create(Event.prototype)],
  ["a frozen event", () => Object.freeze(new Event("data"))],
  [
    "an event whose type springs",
    () => Object.defineProperty(new Event("data"), "type", { get: trap }),
  ],
  [
    "a signal that lies",
    () => lying(new AbortController().signal, { aborted: 1, addEventListener: trap }),
  ],
];

const bytes: [string, () => Any][] = [
  ["an ArrayBuffer", () => new ArrayBuffer(8)],
  ["a detached Uint8Array", () => detached(new Uint8Array(8))],
  ["a detached DataView", () => detached(new DataView(new ArrayBuffer(8)))],
  ["a detached ArrayBuffer", () => detached(new Uint8Array(8)).buffer],
  ["a resizable buffer", () => resizable(8, 16)],
  ["a view of one", () => new Uint8Array(resizable(8, 16))],
  ["a Uint8Array out of bounds", () => outOfBounds((buffer) => new Uint8Array(buffer, 8))],
  ["a Float64Array out of bounds", () => outOfBounds((buffer) => new Float64Array(buffer, 8))],
  ["a DataView out of bounds", () => outOfBounds((buffer) => new DataView(buffer, 8))],
  ["a shared buffer", () => new SharedArrayBuffer(8)],
  ["a view of one that can grow", () => new Liar(growable(8, 16))],
  ["a DataView", () => new DataView(new ArrayBuffer(8), 1)],
  ["a BigInt64Array", () => new BigInt64Array(2)],
  ["a Buffer", () => Buffer.from("buffer")],
  ["a subclass that lies", () => Reflect.construct(Liar, [8])],
  ["a Uint16Array that lies", () => lying(new Uint16Array(4) as object, { byteLength: 999 })],
  ["an ArrayBuffer that lies", () => lying(new ArrayBuffer(8), { byteLength: 2 ** 40 })],
  [
    "a DataView of another class",
    () => Object.setPrototypeOf(new DataView(new ArrayBuffer(8)), Uint8Array.prototype),
  ],
  [
    "a shared buffer of another class",
    () => Object.setPrototypeOf(new SharedArrayBuffer(8), ArrayBuffer.prototype),
  ],
  ["a proxy of an ArrayBuffer", () => new Proxy(new ArrayBuffer(8), {})],
  ["a proxy of a Uint8Array", () => new Proxy(new Uint8Array(8), {})],
  ["a proxy that says all is 8", () => new Proxy(new ArrayBuffer(8), { get: () => 8 })],
];

const named = (list: readonly [string, () => Any][]): Hostile[] =>
  list.map(([name, make]) => new Hostile(name, make));

/** All of them, one by one. */
export const HOSTILE: readonly Hostile[] = [...primitives, ...named(objects), ...named(bytes)];

/** Those that are bytes, or say so. */
export const BYTES: readonly Hostile[] = named(bytes);

/** One of them, an array of some, or an object that has one under one of these names. */
export function hostile(...names: readonly string[]): fc.Arbitrary<Hostile> {
  const one = fc.constantFrom(...HOSTILE);
  const list = fc
    .array(one, { maxLength: 10 })
    .map(
      (all) => new Hostile(`[${all.map(({ name }) => name)}]`, () => all.map(({ make }) => make())),
    );
  if (names.length === 0) return fc.oneof({ weight: 6, arbitrary: one }, list);
  const member = fc
    .tuple(fc.constantFrom(...names), fc.oneof({ weight: 6, arbitrary: one }, list))
    .map(
      ([name, { name: what, make }]) =>
        new Hostile(`{ ${name}: ${what} }`, () => ({ [name]: make() })),
    );
  return fc.oneof({ weight: 1, arbitrary: one }, { weight: 4, arbitrary: member });
}
