/** The last bytes of what was written, so that a chatty function cannot fill the memory. */
export class Tail {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  write(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    // Compacting only at twice the limit keeps many small writes linear.
    if (this.#bytes > 2 * this.#maxBytes) this.#compact();
  }

  toString(): string {
    this.#compact();
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  #compact(): void {
    this.#chunks = [Buffer.from(Buffer.concat(this.#chunks).subarray(-this.#maxBytes))];
    this.#bytes = this.#chunks[0]?.length ?? 0;
  }
}
