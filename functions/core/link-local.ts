/**
 * The addresses of BGP inside a tunnel. Source: `TunnelCidr` and `LocalBgpIp` in the API page of
 * ModifyTunnelAttribute, read November 2026.
 */
const PREFIX = '169.254.0.0/16';
const EXCLUDED = [
  ...[0, 1, 2, 3, 4, 5, 6].map((third) => `169.254.${third}.0/30`),
  '169.254.169.252/30',
] as const;

/** A dotted IPv4 address as a number; null for anything else, leading zeros included. */
function addressOf(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let address = 0;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    address = address * 256 + Number(part);
  }
  return address;
}

interface Block {
  readonly first: number;
  readonly size: number;
}

function blockOf(cidr: string): Block | null {
  const [address = '', mask = '', ...rest] = cidr.split('/');
  const first = addressOf(address);
  if (first === null || rest.length > 0 || !/^(?:[1-9]|[12]\d|3[0-2])$/.test(mask)) return null;
  const size = 2 ** (32 - Number(mask));
  return first % size === 0 ? { first, size } : null;
}

/** Whether an address lies in a block; false when either is malformed. */
export function liesIn(address: string, cidr: string): boolean {
  const ip = addressOf(address);
  const block = blockOf(cidr);
  return ip !== null && block !== null && ip >= block.first && ip - block.first < block.size;
}

export function brokenTunnelCidrRule(cidr: string): string | null {
  const block = blockOf(cidr);
  const [address = ''] = cidr.split('/');
  if (block === null || block.size !== 4 || !liesIn(address, PREFIX)) {
    return `must be a /30 block in ${PREFIX}, written with its first address`;
  }
  return (EXCLUDED as readonly string[]).includes(cidr) ? 'is one of the reserved blocks' : null;
}

/** The block has to lie in the prefix, so its addresses do too, also where a document names only one. */
export function brokenTunnelIpRule(address: string): string | null {
  return liesIn(address, PREFIX) ? null : `must be an IPv4 address in ${PREFIX}`;
}
