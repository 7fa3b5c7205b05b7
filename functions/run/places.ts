/**
 * Lets only so many requests be under way at once. A place that falls free goes to the region that has the
 * fewest of them, regions with as many take turns, and within one it is first come, first served: a region that
 * does not answer takes no more from the others than the wait for its next timeout.
 */
export class Places {
  #free: number;
  readonly #taken = new Map<string, number>();
  /** Who waits, by region; the one that was served last is at the end. */
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Runs `work` when there is a place for it. */
  async hold<T>(regionId: string, work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#take(regionId);
    else await this.#turn(regionId);
    try {
      return await work();
    } finally {
      this.#give(regionId);
    }
  }

  #take(regionId: string): void {
    this.#free -= 1;
    this.#taken.set(regionId, this.#takenBy(regionId) + 1);
  }

  #turn(regionId: string): Promise<void> {
    return new Promise((resolve) => {
      const queue = this.#waiting.get(regionId) ?? [];
      queue.push(resolve);
      this.#waiting.set(regionId, queue);
    });
  }

  #give(regionId: string): void {
    this.#free += 1;
    this.#taken.set(regionId, this.#takenBy(regionId) - 1);
    const next = this.#nextRegion();
    if (next === null) return;
    const [first, ...others] = this.#waiting.get(next) ?? [];
    this.#waiting.delete(next);
    if (others.length > 0) this.#waiting.set(next, others);
    this.#take(next);
    first?.();
  }

  #nextRegion(): string | null {
    let found: string | null = null;
    for (const regionId of this.#waiting.keys()) {
      if (found === null || this.#takenBy(regionId) < this.#takenBy(found)) found = regionId;
    }
    return found;
  }

  #takenBy(regionId: string): number {
    return this.#taken.get(regionId) ?? 0;
  }
}
