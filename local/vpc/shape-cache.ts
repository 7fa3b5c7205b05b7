/**
 * Keeps what was last made for an owner and makes it anew only when one of its parts is another one. A
 * listing of thousands of connections, read over and over, is mostly what it was the time before.
 */
export class ShapeCache<Owner extends object, Shape> {
  readonly #kept = new WeakMap<
    Owner,
    { readonly parts: readonly unknown[]; readonly shape: Shape }
  >();

  /** `parts` is everything that `make` looks at; parts that are objects are replaced, never altered. */
  get(owner: Owner, parts: readonly unknown[], make: () => Shape): Shape {
    const kept = this.#kept.get(owner);
    if (kept?.parts.length === parts.length && kept.parts.every((part, at) => part === parts[at])) {
      return kept.shape;
    }
    const shape = make();
    this.#kept.set(owner, { parts, shape });
    return shape;
  }
}
