/**
 * What a pre-shared key may be: 1 to 100 characters, no spaces. Source: the parameter `Psk` in the API
 * pages and SDK comments of ModifyTunnelAttribute and CreateVpnConnection, read November 2026. Their lists
 * of special characters disagree on `'`, `"` and `\`; a key has to be accepted by every reading, so these
 * are refused.
 */
export const PSK_MAX_LENGTH = 100;

const SPECIAL = '~!`@#$%^&*()_-+={}[]|;:,.<>/?';
const ALLOWED = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${SPECIAL}`;

/**
 * What stands in a document in the place of a key that nobody has filled in yet. It has spaces, which no key
 * has, so it can never be taken for one.
 */
export const PSK_PLACEHOLDER = '<fill in the key>';

/** The rule that a key breaks, as a sentence without the key; null for a good one. */
export function brokenPskRule(key: string): string | null {
  if (key === PSK_PLACEHOLDER) return 'is still the placeholder: fill in the key';
  if (key.length === 0 || key.length > PSK_MAX_LENGTH) {
    return `must have 1 to ${PSK_MAX_LENGTH} characters`;
  }
  // Consoles and examples show keys as 123456****. Written as a key, it would cut the tunnel off.
  if (key.includes('***') || /^\*+$/u.test(key))
    return 'looks masked (asterisks): store the key itself';
  if (key.includes(' ')) return 'must not contain spaces';
  if (!Array.from(key).every((character) => ALLOWED.includes(character))) {
    return `may contain only letters, digits and ${SPECIAL}`;
  }
  return null;
}
