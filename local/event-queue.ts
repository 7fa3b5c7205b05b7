import { DeadlineHeap } from './deadline-heap.ts';

/**
 * What will happen to the cloud by itself (a window ends, a tunnel negotiates, a lost write lands). There
 * are no timers: whoever looks at the cloud first lets everything due happen, so real and virtual time
 * behave alike.
 */
export class EventQueue {
  readonly #due = new DeadlineHeap<(at: number) => void>();

  /** `run` gets its own instant, not the later one at which somebody looked. */
  schedule(at: number, run: (at: number) => void): void {
    this.#due.push(at, run);
  }

  /** Lets everything up to and including `now` happen, in order, also what that brings about. */
  advance(now: number): void {
    for (let next = this.#due.nextAt(); next !== null && next <= now; next = this.#due.nextAt()) {
      const entry = this.#due.pop();
      entry?.item(entry.at);
    }
  }

  /** When the next thing happens, for whoever wants to wait for it. */
  nextAt(): number | null {
    return this.#due.nextAt();
  }
}
