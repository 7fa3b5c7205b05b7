/** IPv4 blocks as numbers. */
export interface Block {
  readonly base: number;
  readonly prefix: number;
}

export function parseIpv4(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return null;
  const bytes = parts.map(Number);
  if (bytes.some((byte) => byte > 255)) return null;
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** Null for anything that is not a block with its host bits zero. */
export function parseBlock(text: string): Block | null {
  const [address, length, ...rest] = text.split('/');
  const base = parseIpv4(address ?? '');
  const prefix = /^\d{1,2}$/.test(length ?? '') ? Number(length) : 33;
  if (base === null || prefix > 32 || rest.length > 0) return null;
  return base % size(prefix) === 0 ? { base, prefix } : null;
}

export function contains(block: Block, address: number): boolean {
  return address >= block.base && address < block.base + size(block.prefix);
}

export function overlap(a: Block, b: Block): boolean {
  return contains(a, b.base) || contains(b, a.base);
}

function size(prefix: number): number {
  return 2 ** (32 - prefix);
}
