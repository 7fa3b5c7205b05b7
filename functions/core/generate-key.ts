const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** 43 × log2(62) = 256.03 bits: the least length that has 256. */
export const GENERATED_KEY_LENGTH = 43;

/** 4 × 62: bytes from here on would make the first letters likelier than the others. */
const UNBIASED_BELOW = 248;

/**
 * A new key of letters and digits, which every VPN device takes. `bytes` must be cryptographically strong;
 * it is asked again for what was thrown away.
 */
export function generateKey(bytes: (count: number) => Uint8Array): string {
  let key = '';
  while (key.length < GENERATED_KEY_LENGTH) {
    for (const byte of bytes(GENERATED_KEY_LENGTH - key.length)) {
      if (byte < UNBIASED_BELOW) key += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return key;
}
