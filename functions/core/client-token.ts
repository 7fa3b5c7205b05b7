/** What makes one request different from every other. Never a key. */
export interface TokenParts {
  /** 32 hex digits, drawn once at the start of an invocation. */
  readonly nonce: string;
  readonly secretName: string;
  readonly versionId: string;
  /** The tunnel, or the customer gateway, that the request is about. */
  readonly subject: string;
  readonly direction: 'apply' | 'restore' | 'create' | 'delete';
  /** Rises after a definite refusal, and when an accepted write turns out not to be in effect. */
  readonly generation: number;
}

/**
 * The ClientToken of one write: 64 hex characters (the service takes up to 64 ASCII characters; VPC's page
 * on idempotence, read November 2026). The parts are joined as JSON, so that no two lists of parts collide.
 */
export function clientToken(parts: TokenParts, sha256Hex: (text: string) => string): string {
  const { nonce, secretName, versionId, subject, direction, generation } = parts;
  return sha256Hex(JSON.stringify([nonce, secretName, versionId, subject, direction, generation]));
}
