/**
 * Conversions of WebIDL: what a value becomes when an interface asks for a type.
 *
 * Knows no socket. Each takes anything, runs the value's own code (valueOf, toString, getters) where
 * the standard does and no more often, and throws TypeError where it does.
 */

/** The arguments, of which there must be at least `count`; undefined is one too. */
export function needed<T extends readonly unknown[]>(name: string, given: T, count: number): T {
  if (given.length >= count) return given;
  throw new TypeError(`${name} needs ${count} arguments, ${given.length} came`);
}

/** Modulo 65536; a bigint or symbol is no number. */
export function unsignedShort(value: unknown): number {
  return +(value as number) & 0xffff;
}

/** Modulo 2^32. */
export function unsignedLong(value: unknown): number {
  return +(value as number) >>> 0;
}

/** Not String(), which takes symbols. */
export function domString(value: unknown): string {
  return `${value}`;
}

/** A string of chars that are bytes. */
export function byteString(value: unknown): string {
  const text = domString(value);
  const at = text.search(/[\u0100-\uffff]/);
  if (at < 0) return text;
  const code = text.codePointAt(at)?.toString(16).toUpperCase().padStart(4, "0");
  throw new TypeError(
    `character U+${code} is above U+00FF; pass an ArrayBuffer (new TextEncoder().encode(text).buffer)`,
  );
}

/** One of the strings allowed. */
export function enumeration<const T extends string>(
  name: string,
  value: unknown,
  allowed: readonly T[],
): T {
  const text = domString(value);
  const found = allowed.find((one) => one === text);
  if (found !== undefined) return found;
  throw new TypeError(
    `${name}: ${JSON.stringify(text)} came; one of ${JSON.stringify(allowed)} is allowed`,
  );
}

/** What the members of a dictionary are read from, inherited ones too; null stands for none. */
export function dictionary(value: unknown): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (Object(value) === value) return value as Record<string, unknown>;
  throw new TypeError(`options: ${String(value)} came; an object is allowed`);
}

const byteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")?.get;

/** An ArrayBuffer of any realm, whatever it says of itself; a shared one is of another type. */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  if (typeof value !== "object" || value === null) return false;
  try {
    byteLength?.call(value); // fails for all that has not the internal slot
    return true;
  } catch {
    return false;
  }
}
