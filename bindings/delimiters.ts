/** Delimiters as they are given, checked, and kept as strings of one char per byte. */
import { DELIMITER_BYTES_MAX, DELIMITERS_MAX } from "../assembly/framing/abi.ts";
import { shown } from "./shown.ts";

/** A string of one char per byte, or bytes. */
export type Delimiter = string | Uint8Array;

const ALLOWED = `one to ${DELIMITERS_MAX} delimiters of 1 to ${DELIMITER_BYTES_MAX} bytes`;

/**
 * One delimiter or a list of them, as a list of strings.
 * @throws TypeError for one too long or empty, and for one that could never be the first to complete
 */
export function checkDelimiters(given: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(given) ? firstOf(given) : [given];
  if (list.length === 0 || list.length > DELIMITERS_MAX) {
    throw new TypeError(`framing.delimited: ${list.length} came; ${ALLOWED} are allowed`);
  }
  const delimiters = list.map(checkDelimiter);
  for (const [index, delimiter] of delimiters.entries()) {
    const other = delimiters.findIndex((one, at) => at !== index && shadows(one, delimiter));
    if (other < 0) continue;
    throw new TypeError(
      `framing.delimited: ${shown(delimiter)} came beside ${shown(delimiters[other])}, ` +
        "which always completes first; delimiters that can each come first are allowed",
    );
  }
  return Object.freeze(delimiters);
}

/** At most one too many, and holes too: neither its length nor its iterator is believed. */
function firstOf(given: readonly unknown[]): unknown[] {
  const first: unknown[] = [];
  for (let i = 0; i < given.length && i <= DELIMITERS_MAX; i++) first.push(given[i]);
  return first;
}

function checkDelimiter(given: unknown): string {
  const text = given instanceof Uint8Array ? String.fromCharCode(...given.subarray(0, 17)) : given;
  if (typeof text === "string" && /^[\0-\xff]{1,16}$/s.test(text)) return text;
  throw new TypeError(`framing.delimited: ${shown(given)} came; ${ALLOWED} are allowed`);
}

/** Whether `a` completes inside `b` before `b` does, or is the same. */
function shadows(a: string, b: string): boolean {
  return a === b || b.slice(0, -1).includes(a);
}
