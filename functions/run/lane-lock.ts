import { Serial } from './serial.ts';

/**
 * A lane's lock, and before it those whose turn has not come yet: groups that are not begun, then later steps
 * of groups that are. The next is let in only when the lane falls idle, so that what waits, which is most of a
 * large fleet, takes no more room than its place in the queue.
 */
export class LaneLock extends Serial {
  readonly #groups: (() => boolean)[] = [];
  readonly #steps: (() => void)[] = [];
  /** Somebody was let in and has not come to the lock yet. */
  #comes = false;

  override do<T>(work: () => Promise<T>): Promise<T> {
    this.#comes = false;
    return super.do(work);
  }

  /** Nobody holds the lock, is on the way to it, or waits for the turn. */
  get quiet(): boolean {
    return this.idle && !this.#comes && this.#groups.length + this.#steps.length === 0;
  }

  /** `begin` is called when the turn has come; it gives false where there was nothing to begin. */
  queueGroup(begin: () => boolean): void {
    this.#groups.push(begin);
    this.#letIn();
  }

  /** Resolves when the turn has come for later steps of a group; all groups are begun first. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#steps.push(resolve);
      this.#letIn();
    });
  }

  /** Whoever was let in does not come now: something else has to be waited for, or all is done. */
  passOn(): void {
    this.#comes = false;
    this.#fallIdle();
  }

  protected override fellIdle(): void {
    this.#fallIdle();
  }

  #fallIdle(): void {
    this.#letIn();
    if (this.quiet) super.fellIdle();
  }

  #letIn(): void {
    while (this.idle && !this.#comes) {
      const begin = this.#groups.shift();
      const step = begin === undefined ? this.#steps.shift() : undefined;
      if (begin === undefined && step === undefined) return;
      this.#comes = true;
      if (begin === undefined) step?.();
      else if (!begin()) this.#comes = false;
    }
  }
}
