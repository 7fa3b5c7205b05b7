/** What can go wrong between a caller and the cloud, by chance or by script. */
import type { Call } from './front-door/call.ts';
import type { Prng } from './prng.ts';

export const FAULT_KINDS = [
  /** The connection breaks before the service has seen the request. */
  'reset-before',
  /** It was carried out, and the connection breaks instead of an answer. */
  'reset-after-applied',
  /** It was carried out, and the connection breaks in the middle of the answer. */
  'half-answer',
  /** No answer ever, and nothing was done. */
  'stall-before',
  /** No answer ever, and it was done. */
  'stall-after-applied',
  'delay',
  /** The service gets the request twice; the caller sees the first answer. */
  'duplicate-delivery',
  'html-502',
  'server-500',
  'throttle',
  /** The next configuring window does not end until the fault is cleared. */
  'stuck-updating',
  /** A read answers what it answered the time before. */
  'stale-read',
  /** The last item of a page is also the first of the next one; another item is not shown at all. */
  'duplicate-page',
  'masked-key',
  /** A refusal in the vendor's words, chosen by `code`. */
  'refuse',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface FaultRule {
  readonly kind: FaultKind;
  /** Only this action; without it, every one. */
  readonly action?: string;
  /** By chance: so many times out of so many. */
  readonly chance?: readonly [numerator: number, denominator: number];
  /** By script: only the nth matching call, counted from 1. */
  readonly nth?: number;
  /** `delay`: how long. */
  readonly delayMs?: number;
  /** `refuse`: which documented code. */
  readonly code?: string;
}

export type Fault = Omit<FaultRule, 'action' | 'chance' | 'nth'>;

/** Only what can be asked of a read or of a write is drawn for it. */
const READS_ONLY: readonly FaultKind[] = ['stale-read', 'duplicate-page', 'masked-key'];
const WRITES_ONLY: readonly FaultKind[] = ['stuck-updating', 'refuse'];

export class Faults {
  #rules: { readonly rule: FaultRule; seen: number }[] = [];
  readonly #random: Prng;
  readonly #met = new Map<FaultKind, number>();

  constructor(random: Prng) {
    this.#random = random;
  }

  /** Replaces all rules; the empty list makes the world kind again. */
  set(rules: readonly FaultRule[]): void {
    this.#rules = rules.map((rule) => ({ rule, seen: 0 }));
  }

  /** How often each kind was really met. */
  get met(): ReadonlyMap<FaultKind, number> {
    return this.#met;
  }

  /** The first rule that fires for this call, or null. */
  draw(call: Call): Fault | null {
    let drawn: FaultRule | null = null;
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (!concerns(rule, call)) continue;
      entry.seen += 1;
      if (drawn === null && this.#fires(rule, entry.seen)) drawn = rule;
    }
    if (drawn !== null) this.#met.set(drawn.kind, (this.#met.get(drawn.kind) ?? 0) + 1);
    return drawn;
  }

  #fires(rule: FaultRule, seen: number): boolean {
    if (rule.nth !== undefined) return rule.nth === seen;
    if (rule.chance !== undefined) return this.#random.chance(...rule.chance);
    return true;
  }
}

function concerns(rule: FaultRule, call: Call): boolean {
  if (rule.action !== undefined && rule.action !== call.action) return false;
  const write = call.operation?.access === 'write';
  if (READS_ONLY.includes(rule.kind)) return !write;
  return write || !WRITES_ONLY.includes(rule.kind);
}
