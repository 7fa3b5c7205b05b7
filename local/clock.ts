import { DeadlineHeap } from './deadline-heap.ts';

/** The local cloud's only source of time. Milliseconds throughout. */
export interface CloudClock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

export function realClock(): CloudClock {
  return {
    now: () => Date.now(),
    sleep: (ms) =>
      new Promise((resolve) => {
        setTimeout(resolve, ms);
      }),
  };
}

/** How long a hand-driven clock lets a sleeper wait, in real time, before it says so. */
const STUCK_WARNING_MS = 2_000;

/**
 * Time that jumps from deadline to deadline. Driven by itself (`auto`) it moves only when everybody waits:
 * the promise jobs of one wake-up are drained before the next deadline fires. Driven by hand it moves by
 * `advance` alone, and warns when somebody waits and nobody advances it.
 */
export class VirtualClock implements CloudClock {
  #now: number;
  readonly #auto: boolean;
  readonly #sleepers = new DeadlineHeap<() => void>();
  #pumping = false;

  constructor(options: { startMs: number; drive: 'auto' | 'hand' }) {
    this.#now = options.startMs;
    this.#auto = options.drive === 'auto';
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    const deadline = this.#now + Math.max(0, ms);
    return new Promise((resolve) => {
      if (this.#auto) {
        this.#sleepers.push(deadline, resolve);
        this.#pump();
        return;
      }
      const warning = setTimeout(() => {
        process.emitWarning(`virtual clock: a sleep until ${deadline} waits, nobody advances`);
      }, STUCK_WARNING_MS);
      warning.unref();
      this.#sleepers.push(deadline, () => {
        clearTimeout(warning);
        resolve();
      });
    });
  }

  /** Moves time by `ms`, firing each deadline at its own instant. Resolves when all of it has run. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await drained();
    for (let next = this.#sleepers.nextAt(); next !== null && next <= end;) {
      this.#fire();
      await drained();
      next = this.#sleepers.nextAt();
    }
    this.#now = end;
  }

  #fire(): void {
    const entry = this.#sleepers.pop();
    if (entry === null) return;
    this.#now = entry.at;
    entry.item();
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      this.#fire();
      if (this.#sleepers.size > 0) this.#pump();
    });
  }
}

/** Resolves when no promise job is left to run. */
function drained(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
