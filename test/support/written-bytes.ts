/** Ways to write bytes down by hand. */

/** Bytes: text is UTF-8, arrays are bytes. */
export function bytes(...parts: (string | number[])[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part as string)));
}

/** Lines that end with CR LF. */
export function lines(...texts: string[]): Buffer {
  return Buffer.from(texts.map((text) => `${text}\r\n`).join(""));
}

export function hex(digits: string): number[] {
  return [...Buffer.from(digits.replaceAll(" ", ""), "hex")];
}
