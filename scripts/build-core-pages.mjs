/**
 * The pages of memory that a core begins with, in its memory section (WebAssembly core specification, 5.5.8).
 */

const MEMORY_SECTION = 5;
/** Below this, pages are said in two bytes. */
const PAGES_MAX = 1 << 14;

/**
 * The core with `pages` pages, said in two bytes, so that others can be written over them; `at` is where.
 * @param wasm a module with a memory of its own, of a limited size
 */
export function withPages(wasm, pages) {
  if (pages >= PAGES_MAX) throw new Error(`${pages} pages are not said in two bytes`);
  const section = sectionOf(wasm, MEMORY_SECTION);
  const [, limits] = leb(wasm, section.body + 2); // behind the count, which is 1, and the flags
  const kept = wasm.subarray(section.body, section.body + 2);
  const said = Buffer.of((pages & 0x7f) | 0x80, pages >> 7);
  const content = Buffer.concat([kept, said, wasm.subarray(limits, section.end)]);
  const head = Buffer.of(MEMORY_SECTION, content.length);
  const core = Buffer.concat([
    wasm.subarray(0, section.begin),
    head,
    content,
    wasm.subarray(section.end),
  ]);
  return { core, at: section.begin + head.length + kept.length };
}

function sectionOf(wasm, id) {
  let begin = 8; // behind magic and version
  while (begin < wasm.length) {
    const [length, body] = leb(wasm, begin + 1);
    if (wasm[begin] === id) return { begin, body, end: body + length };
    begin = body + length;
  }
  throw new Error(`a core has no section ${id}`);
}

/** An unsigned LEB128 at a place, and what is behind it. */
function leb(bytes, from) {
  let value = 0;
  let at = from;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at];
  }
}
