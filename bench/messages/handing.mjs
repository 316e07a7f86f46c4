/**
 * What a hand-written parser does with a message it has found at bytes[begin..end): the shapes it
 * may hand out, as `data` of a TCPSocket has them.
 */

/** A view of what was read, the cheapest. */
export function asSubarray(tally) {
  return (bytes, begin, end) => tally.bytes(bytes.subarray(begin, end));
}

/** An ArrayBuffer of the message alone. Half the price of ArrayBuffer's own slice(). */
export function asArrayBuffer(tally) {
  return (bytes, begin, end) => {
    const copy = new Uint8Array(end - begin);
    copy.set(bytes.subarray(begin, end));
    tally.buffer(copy.buffer);
  };
}
