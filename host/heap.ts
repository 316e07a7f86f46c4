/**
 * A binary heap whose items know their place, so that any of them can leave, not only the first.
 *
 * Owns the order, not the items: it writes nothing in them but `position`. Must never keep an item
 * that was removed. Invariant: `items[i].position === i`, and no item is before its parent.
 */

/** What a heap holds. */
export interface Ranked {
  /** Where in the heap, -1 outside of it. Written by the heap alone. */
  position: number;
}

export class Heap<T extends Ranked> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#rise(item, this.#items.length);
  }

  /** Takes `item` out; nothing happens if it is not in. */
  remove(item: T): void {
    const { position } = item;
    if (position < 0) return;
    item.position = -1;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#sink(last, position);
    if (last.position === position) this.#rise(last, position);
  }

  #rise(item: T, from: number): void {
    let at = from;
    while (at > 0) {
      const parent = this.#items[(at - 1) >> 1] as T;
      if (!this.#before(item, parent)) break;
      this.#place(parent, at);
      at = (at - 1) >> 1;
    }
    this.#place(item, at);
  }

  #sink(item: T, from: number): void {
    const items = this.#items;
    let at = from;
    for (let child = 2 * at + 1; child < items.length; child = 2 * at + 1) {
      const right = items[child + 1];
      if (right !== undefined && this.#before(right, items[child] as T)) child++;
      if (!this.#before(items[child] as T, item)) break;
      this.#place(items[child] as T, at);
      at = child;
    }
    this.#place(item, at);
  }

  #place(item: T, at: number): void {
    this.#items[at] = item;
    item.position = at;
  }
}
