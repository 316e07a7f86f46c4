/**
 * What a client first tells a plain peer: how many bytes will flow, and whether each is to be
 * compared. 16 bytes, sent alone, so they arrive as one chunk.
 */
const REQUEST_BYTES = 16;

export function request(bytes, thorough) {
  return new Uint8Array(Float64Array.of(bytes, Number(thorough)).buffer);
}

export function requested(chunk) {
  if (chunk.length !== REQUEST_BYTES) throw new Error(`a request of ${chunk.length} bytes`);
  return { bytes: chunk.readDoubleLE(0), thorough: chunk.readDoubleLE(8) === 1 };
}
