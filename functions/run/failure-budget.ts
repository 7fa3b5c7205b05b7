import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';

/**
 * The failed groups of one run. One far end that is not ready fails alone; several in one night have
 * something in common, and to go on would take down more links for the same cause.
 */
export class FailureBudget {
  readonly #groups: number;
  readonly #failed: string[] = [];

  /** `groups`: so many may fail before nothing further is begun. */
  constructor(groups: number) {
    this.#groups = groups;
  }

  /** A group failed after something of it had been touched. */
  spend(groupId: string): void {
    this.#failed.push(groupId);
  }

  /** Why no further group may be begun, or null. Those that were begun are finished or put back. */
  spent(): Reason | null {
    if (this.#failed.length < this.#groups) return null;
    return reason('budget-spent', this.#failed.join(', '));
  }
}
