const inspect = Symbol.for('nodejs.util.inspect.custom');

/**
 * A key, or anything else that must never be printed. Every rendering gives `<redacted>`; the value
 * leaves only through `expose()`, which each adapter calls in one place (counted by a test).
 */
export class Redacted {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  expose(): string {
    return this.#value;
  }

  /** Compares without exposing. Not constant-time: both sides are ours and no attacker times them. */
  equals(other: Redacted): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return '<redacted>';
  }

  toJSON(): string {
    return '<redacted>';
  }

  [inspect](): string {
    return '<redacted>';
  }
}
