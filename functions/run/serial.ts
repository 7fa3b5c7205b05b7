/** A queue of one: what is given to it runs strictly one after the other, in the order it came. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;
  /** Told when the last of the queue has ended. */
  onIdle: () => void = () => undefined;

  do<T>(work: () => Promise<T>): Promise<T> {
    this.#count += 1;
    const result = this.#last.then(async () => {
      try {
        return await work();
      } finally {
        this.#count -= 1;
        if (this.idle) this.fellIdle();
      }
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  protected fellIdle(): void {
    this.onIdle();
  }

  /** Nothing runs and nothing waits. */
  get idle(): boolean {
    return this.#count === 0;
  }
}
