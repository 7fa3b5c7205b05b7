import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import { Redacted } from '../core/redacted.ts';
import { after, durationMs, epochMs, seconds } from '../core/units.ts';
import type { EpochMs } from '../core/units.ts';
import { LABELS } from '../core/versions.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import { isoTime, parseInstant } from './iso-time.ts';
import { reliably } from './retry.ts';

/** How long one slot lasts. Short, because a killed run keeps others out until it ends. */
export const LEASE_MS = seconds(120);
/** Taken off at the holder's end and added at everybody else's: what two clocks may differ by. */
export const SKEW_MS = seconds(15);
const SLOT = /^lease-(\d{1,12})$/;
const TAKE_ATTEMPTS = 5;

/** A held lease. `until` is when its holder must have stopped writing. */
export interface Lease {
  until(): EpochMs;
  /** Writes the slot that ends it. Failing to is harmless: it runs out. */
  release(): Promise<void>;
}

export type Taking =
  | { readonly kind: 'held'; readonly lease: Lease }
  | { readonly kind: 'deferred'; readonly reason: Reason }
  | { readonly kind: 'failed'; readonly reason: Reason };

interface Slot {
  readonly number: number;
  readonly holder: string;
  readonly until: EpochMs;
}

/**
 * Takes the lease: the next free slot of a secret whose versions are write-once, so that of two runs that
 * reach for the same slot exactly one gets it. Renews itself at half of its length until released.
 */
export async function takeLease(run: Run, secretName: string): Promise<Taking> {
  const holder = `${run.runId} ${run.nonce}`;
  let next = 0;
  for (let attempt = 1; attempt <= TAKE_ATTEMPTS; attempt += 1) {
    const last = await lastSlot(run, secretName, next);
    if (last.kind === 'failed') return last;
    const now = run.ports.clock.now();
    if (
      last.slot !== null &&
      last.slot.holder !== holder &&
      now < after(last.slot.until, SKEW_MS)
    ) {
      const detail = `${secretName} slot ${last.slot.number} until ${isoTime(last.slot.until)}`;
      return { kind: 'deferred', reason: reason('lease-held', detail) };
    }
    const number = (last.slot?.number ?? 0) + 1;
    const until = after(now, LEASE_MS);
    const written = await writeSlot(run, secretName, { number, holder, until });
    if (written === 'ours')
      return { kind: 'held', lease: keep(run, secretName, holder, number, until) };
    if (written !== 'theirs') return { kind: 'failed', reason: written };
    // Somebody else has that slot: look at it, even if the list does not show it yet.
    next = number;
  }
  return { kind: 'deferred', reason: reason('lease-held', secretName) };
}

async function lastSlot(
  run: Run,
  secretName: string,
  atLeast: number,
): Promise<{ kind: 'slot'; slot: Slot | null } | { kind: 'failed'; reason: Reason }> {
  const listed = await reliably(run, () => run.ports.secrets.listVersions(secretName));
  if (listed.kind !== 'ok') return { kind: 'failed', reason: reasonOf(listed, secretName) };
  const numbers = listed.value.flatMap(({ versionId }) => {
    const digits = SLOT.exec(versionId)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
  const number = Math.max(atLeast, ...numbers, 0);
  if (number === 0) return { kind: 'slot', slot: null };
  const read = await readSlot(run, secretName, number);
  return read.kind === 'failed' ? read : { kind: 'slot', slot: read.slot };
}

async function readSlot(
  run: Run,
  secretName: string,
  number: number,
): Promise<{ kind: 'slot'; slot: Slot } | { kind: 'failed'; reason: Reason }> {
  const read = await reliably(run, () =>
    run.ports.secrets.readVersion(secretName, `lease-${number}`),
  );
  if (read.kind !== 'ok') return { kind: 'failed', reason: reasonOf(read, secretName) };
  const slot = parseSlot(read.value.expose(), number);
  // A slot that says nothing readable was not written by Keyturn; it holds nobody.
  return { kind: 'slot', slot: slot ?? { number, holder: '', until: epochMs(0) } };
}

function parseSlot(text: string, number: number): Slot | null {
  const [holder, until, ...rest] = text.split('\n');
  if (holder === undefined || until === undefined || rest.length > 0) return null;
  const instant = parseInstant(until);
  return Number.isNaN(instant) ? null : { number, holder, until: instant };
}

async function writeSlot(
  run: Run,
  secretName: string,
  slot: Slot,
): Promise<'ours' | 'theirs' | Reason> {
  const data = new Redacted(`${slot.holder}\n${isoTime(slot.until)}`);
  const put = await reliably(run, () =>
    run.ports.secrets.putVersion({
      name: secretName,
      versionId: `lease-${slot.number}`,
      data,
      labels: [LABELS.current],
    }),
  );
  if (put.kind === 'denied' || put.kind === 'notFound') return reasonOf(put, secretName);
  // Whatever was answered: only what the slot says counts.
  const read = await readSlot(run, secretName, slot.number);
  if (read.kind === 'failed') return read.reason;
  return read.slot.holder === slot.holder && read.slot.until === slot.until ? 'ours' : 'theirs';
}

/** Renews in the background; a renewal that fails leaves the end where it was. */
function keep(
  run: Run,
  secretName: string,
  holder: string,
  first: number,
  firstUntil: EpochMs,
): Lease {
  const { clock } = run.ports;
  const done = new AbortController();
  let number = first;
  let until = firstUntil;
  const renew = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(durationMs(LEASE_MS / 2), done.signal);
      if (done.signal.aborted || clock.now() >= until) return;
      const slot = { number: number + 1, holder, until: after(clock.now(), LEASE_MS) };
      if ((await writeSlot(run, secretName, slot)) !== 'ours') return;
      ({ number, until } = slot);
    }
  };
  const renewing = renew().catch(() => undefined);
  return {
    until: () => epochMs(until - SKEW_MS),
    release: async () => {
      done.abort();
      await renewing;
      // An end in the past: no allowance for another clock has to pass before the next run.
      const slot = { number: number + 1, holder, until: epochMs(0) };
      if (clock.now() < until) await writeSlot(run, secretName, slot);
    },
  };
}
