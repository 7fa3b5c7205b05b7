/** What can go wrong between a caller and the cloud, by chance or by script. */
import { hasRefusal } from './front-door/any-refusal.ts';
import type { Product } from './front-door/call.ts';
import type { Params } from './operation.ts';
import type { Prng } from './prng.ts';

/** What strikes one request or its answer. */
export const CALL_FAULTS = [
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
] as const;

export const FAULT_KINDS = [
  ...CALL_FAULTS,
  /** It was carried out, and the answer is an internal error. */
  'server-500-after-applied',
  /** The next configuring window does not end until the fault is cleared. */
  'stuck-updating',
  /** A read answers what it answered the time before. */
  'stale-read',
  /** The last item of a page is also the first of the next one; another item is not shown at all. */
  'duplicate-page',
  'masked-key',
  /** A refusal in the vendor's words, chosen by `code`. */
  'refuse',
  /** An asynchronous event reaches its function twice, as at-least-once delivery allows. */
  'repeated-event',
  /** The instance that works on an asynchronous event dies after `delayMs`. */
  'killed-instance',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface FaultRule {
  readonly kind: FaultKind;
  /** Only this action; without it, every one. */
  readonly action?: string;
  /** Of the last two kinds: only events of this function. */
  readonly function?: string;
  /** By chance: so many times out of so many. */
  readonly chance?: readonly [numerator: number, denominator: number];
  /** Only calls with these parameters, for instance one tunnel's. */
  readonly where?: Readonly<Record<string, string>>;
  /** Only so long after the rules were set: a storm that passes. */
  readonly forMs?: number;
  /** By script: only the nth matching call, counted from 1. */
  readonly nth?: number;
  /** `delay`: how long; `killed-instance`: after how long. */
  readonly delayMs?: number;
  /** `refuse`: which documented code, of whatever product has it. */
  readonly code?: string;
  /** `throttle`: what the header `x-acs-retry-after` says. */
  readonly retryAfterMs?: number;
}

/** What of a rule matters once it has fired. */
export type Fault = Pick<FaultRule, 'kind' | 'delayMs' | 'code' | 'retryAfterMs'>;

/** What a call is known by before it is carried out. */
export interface Striking {
  readonly product: Product;
  readonly action: string;
  readonly access: 'read' | 'write';
  readonly now: number;
  readonly query: Params;
  readonly form: Params;
}

/** Only what can be asked of a read or of a write is drawn for it. */
const READS_ONLY: readonly FaultKind[] = ['stale-read', 'duplicate-page', 'masked-key'];
/** Kinds that strike what Function Compute does by itself, not calls. */
const EVENTS_ONLY = ['repeated-event', 'killed-instance'] as const;
export type EventFaultKind = (typeof EVENTS_ONLY)[number];

export class Faults {
  #rules: { readonly rule: FaultRule; seen: number }[] = [];
  /** Null until the first draw after the rules were set. */
  #since: number | null = null;
  readonly #random: Prng;
  readonly #met = new Map<FaultKind, number>();

  constructor(random: Prng) {
    this.#random = random;
  }

  /** Replaces all rules; the empty list makes the world kind again. */
  set(rules: readonly FaultRule[]): void {
    this.#rules = rules.map((rule) => ({ rule, seen: 0 }));
    this.#since = null;
  }

  /** How often each kind was really met. */
  get met(): ReadonlyMap<FaultKind, number> {
    return this.#met;
  }

  /** The first rule that fires for this call, or null. */
  draw(call: Striking): Fault | null {
    this.#since ??= call.now;
    const elapsed = call.now - this.#since;
    return this.#draw((rule) => elapsed < (rule.forMs ?? Infinity) && concerns(rule, call));
  }

  /** As above, for an event on its way to a function. */
  drawForEvent(kind: EventFaultKind, functionName: string): Fault | null {
    return this.#draw(
      (rule) => rule.kind === kind && (rule.function ?? functionName) === functionName,
    );
  }

  #draw(concerned: (rule: FaultRule) => boolean): Fault | null {
    let drawn: FaultRule | null = null;
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (!concerned(rule)) continue;
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

function concerns(rule: FaultRule, call: Striking): boolean {
  const { kind, action, where = {} } = rule;
  if (EVENTS_ONLY.some((one) => one === kind)) return false;
  if (action !== undefined && action !== call.action) return false;
  const asked = Object.entries(where).every(
    ([name, value]) => (call.query[name] ?? call.form[name]) === value,
  );
  if (!asked) return false;
  if (READS_ONLY.includes(kind)) return call.access === 'read' && call.product !== 'fc';
  if (kind === 'stuck-updating') return call.access === 'write' && call.product === 'vpc';
  if (kind !== 'refuse') return true;
  // Without an action a refusal is for writes: reads that are refused as well end every story at once.
  const meant = action !== undefined || call.access === 'write';
  return meant && hasRefusal(call.product, rule.code);
}
