interface Entry<T> {
  readonly at: number;
  readonly sequence: number;
  readonly item: T;
}

/** A binary heap ordered by (deadline, sequence): equal deadlines come out in the order they went in. */
export class DeadlineHeap<T> {
  #entries: Entry<T>[] = [];
  #sequence = 0;

  get size(): number {
    return this.#entries.length;
  }

  /** The earliest deadline, or null when nothing waits. */
  nextAt(): number | null {
    return this.#entries[0]?.at ?? null;
  }

  push(at: number, item: T): void {
    const entries = this.#entries;
    const entry = { at, sequence: this.#sequence, item };
    this.#sequence += 1;
    let index = entries.length;
    entries.push(entry);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = entries[parentIndex];
      if (parent === undefined || !before(entry, parent)) break;
      entries[index] = parent;
      index = parentIndex;
    }
    entries[index] = entry;
  }

  pop(): { readonly at: number; readonly item: T } | null {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (first === undefined || last === undefined) return null;
    if (entries.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry: Entry<T>): void {
    const entries = this.#entries;
    let index = 0;
    for (;;) {
      const left = entries[2 * index + 1];
      const right = entries[2 * index + 2];
      if (left === undefined) break;
      const childIndex = right !== undefined && before(right, left) ? 2 * index + 2 : 2 * index + 1;
      const child = childIndex === 2 * index + 1 ? left : right;
      if (child === undefined || !before(child, entry)) break;
      entries[index] = child;
      index = childIndex;
    }
    entries[index] = entry;
  }
}

function before<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
