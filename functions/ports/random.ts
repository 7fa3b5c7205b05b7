/** Randomness and the one digest the core needs, so that a simulation can own both. */
export interface Random {
  /** Cryptographically strong bytes. */
  bytes(count: number): Uint8Array;
  /** For jitter: at least 0, below 1. */
  fraction(): number;
  /** Lower-case hex of SHA-256 over the UTF-8 text. */
  sha256Hex(text: string): string;
}
