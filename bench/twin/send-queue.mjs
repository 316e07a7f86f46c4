/**
 * What one socket has yet to transmit: blocks from a pool, filled in order. Small sends coalesce,
 * one write is in flight, what is sent meanwhile leaves with the next.
 *
 * Invariant: bytes in flight lie in front and stay as they are until their write is done; `buffered`
 * is the bytes in all blocks.
 */
const SMALL = 4 * 1024;
const LARGE = 64 * 1024;
const FLUSH_BYTES_MAX = 256 * 1024;
const POOL_BLOCKS_MAX = 1024;

const pools = new Map([
  [SMALL, []],
  [LARGE, []],
]);

class Block {
  begin = 0;
  end = 0;

  constructor(size) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }
}

function take(size) {
  return pools.get(size)?.pop() ?? new Block(size);
}

function give(block) {
  const pool = pools.get(block.bytes.length);
  if (pool === undefined || pool.length === POOL_BLOCKS_MAX) return;
  block.begin = 0;
  block.end = 0;
  pool.push(block);
}

export class SendQueue {
  buffered = 0;
  #blocks = [];

  /** Queues a copy. */
  push(bytes) {
    const { length } = bytes;
    let block = this.#blocks.at(-1);
    if (block === undefined || block.bytes.length - block.end < length) {
      block = take(this.#sizeFor(length));
      this.#blocks.push(block);
    }
    block.bytes.set(bytes, block.end);
    block.end += length;
    this.buffered += length;
  }

  /** Views of what the next write should take. */
  gather() {
    const views = [];
    let room = FLUSH_BYTES_MAX;
    for (const { bytes, begin, end } of this.#blocks) {
      if (room === 0) break;
      const length = Math.min(end - begin, room);
      views.push(bytes.subarray(begin, begin + length));
      room -= length;
    }
    return views;
  }

  /** The first `count` bytes are with the kernel. */
  drop(count) {
    this.buffered -= count;
    for (let left = count; left > 0; ) {
      const block = this.#blocks[0];
      const part = Math.min(left, block.end - block.begin);
      block.begin += part;
      left -= part;
      if (block.begin === block.end) give(this.#blocks.shift());
    }
  }

  /** A burst's first block is small; a payload above LARGE gets one of its own size. */
  #sizeFor(length) {
    if (this.#blocks.length === 0 && length <= SMALL) return SMALL;
    return Math.max(length, LARGE);
  }
}
