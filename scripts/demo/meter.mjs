/**
 * What is measured while a leg runs: the bytes that pass through our engine, how long they take,
 * and how full its pool gets. The clock runs from the first byte moved.
 */
export class Meter {
  bytesMoved = 0;
  poolPeakBytes = 0;
  #engine;
  #began = 0;
  #onMoved;

  /** `onMoved` is called after each move. */
  constructor(engine, onMoved) {
    this.#engine = engine;
    this.#onMoved = onMoved;
  }

  /** So many bytes were taken by send(), or received. */
  moved(bytes) {
    this.#began ||= performance.now();
    this.bytesMoved += bytes;
    const { poolBytes, poolFreeBytes } = this.#engine.stats;
    this.poolPeakBytes = Math.max(this.poolPeakBytes, poolBytes - poolFreeBytes);
    this.#onMoved(this);
  }

  get seconds() {
    return this.#began === 0 ? 0 : (performance.now() - this.#began) / 1000;
  }
}
