/** Seeded random numbers (SplitMix32): the same seed gives the same cloud. Probabilities are integer ratios. */
export class Prng {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  uint32(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }

  /** Whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + (this.uint32() % (max - min + 1));
  }

  /** True `numerator` times out of `denominator`. */
  chance(numerator: number, denominator: number): boolean {
    return this.uint32() % denominator < numerator;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.uint32() % items.length] ?? items[0];
  }

  hex(length: number): string {
    let text = '';
    while (text.length < length) text += this.uint32().toString(16).padStart(8, '0');
    return text.slice(0, length);
  }

  /** An independent stream: one component's draws do not move another's. */
  fork(name: string): Prng {
    let hash = 0x811c9dc5;
    for (let i = 0; i < name.length; i += 1) {
      hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    }
    return new Prng((this.uint32() ^ hash) >>> 0);
  }
}
