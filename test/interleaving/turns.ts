import { TIMEOUT_MS } from '../simulation/transport.ts';

/**
 * Decides at every API call which of two processes goes on. One of them has the turn; the other one waits
 * before its next call, however long that takes. A schedule is a list of calls, counted over both, right
 * before which the turn is taken away (a preemption); a process that has ended passes it on by itself.
 */
export class Turns {
  readonly #preemptions: ReadonlySet<number>;
  readonly #now: () => number;
  readonly #waiting: [Turn[], Turn[]] = [[], []];
  readonly #over: [boolean, boolean] = [false, false];
  #current: Side = 0;
  /** Calls that were made so far: the places where a longer schedule could preempt. */
  calls = 0;
  #taken = -1;

  constructor(preemptions: readonly number[], now: () => number) {
    this.#preemptions = new Set(preemptions);
    this.#now = now;
  }

  /** Resolves when the call may be made; false when it has waited for longer than its sender would. */
  admit(side: Side): Promise<boolean> {
    const since = this.#now();
    return new Promise((resolve) => {
      this.#waiting[side].push({ go: () => resolve(this.#now() - since < TIMEOUT_MS) });
      this.#pump();
    });
  }

  /** The process has ended, one way or the other. */
  end(side: Side): void {
    this.#over[side] = true;
    if (this.#current === side) this.#current = other(side);
    this.#pump();
  }

  #pump(): void {
    for (let queue = this.#waiting[this.#current]; queue.length > 0;) {
      const next = other(this.#current);
      const preempted = this.#preemptions.has(this.calls) && this.#taken !== this.calls;
      if (preempted && !this.#over[next]) {
        this.#taken = this.calls;
        this.#current = next;
        queue = this.#waiting[next];
        continue;
      }
      this.calls += 1;
      queue.shift()?.go();
    }
  }
}

export type Side = 0 | 1;

interface Turn {
  readonly go: () => void;
}

const other = (side: Side): Side => (side === 0 ? 1 : 0);
