import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import { Redacted } from '../core/redacted.ts';
import { after, between, durationMs, epochMs, seconds } from '../core/units.ts';
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
/** How long a slot is kept for an heir: a place in the queue and a cold start. */
const HEIR_MS = seconds(300);
/**
 * When a shard looks whether the dispatcher's lease was renewed: 15 seconds after it should have been, then
 * again and again. A hundred shards read the same slot, and KMS counts them together.
 */
const FOLLOW_BEFORE_END_MS = seconds(45);
const FOLLOW_AGAIN_MS = seconds(10);
const SLOT = /^lease-(\d{1,12})$/;
const TAKE_ATTEMPTS = 5;

/** A held lease. `until` is when its holder must have stopped writing. */
export interface Lease {
  until(): EpochMs;
  /** Keeps the lease for whoever comes under this name, instead of ending it. False: it could not. */
  passTo(heir: string): Promise<boolean>;
  /** Writes the slot that ends it. Failing to is harmless: it runs out. */
  release(): Promise<void>;
  /** Only stops renewing: whoever works under it has until its end. */
  lapse(): Promise<void>;
}

/** Under which name a lease is taken. */
export interface Claim {
  /** Begins with the run's id and a space. Whoever comes under the same name shares the lease. */
  readonly holder: string;
  /** The name under which a predecessor kept the lease for this invocation; null where there was none. */
  readonly heirOf: string | null;
}

export type Taking =
  /** `shared`: an earlier invocation under the same name had it, and perhaps still has. */
  | { readonly kind: 'held'; readonly lease: Lease; readonly shared: boolean }
  | { readonly kind: 'deferred'; readonly reason: Reason }
  | { readonly kind: 'failed'; readonly reason: Reason };

interface Slot {
  readonly number: number;
  readonly holder: string;
  readonly until: EpochMs;
}

/** The name of one invocation of a run, and that under which its predecessor kept the lease for it. */
export function claimOf(run: Run, continuation: number): Claim {
  return {
    holder: `${run.runId} ${run.nonce}`,
    heirOf: continuation === 0 ? null : heirName(run.runId, continuation),
  };
}

export function heirName(runId: string, continuation: number): string {
  return `${runId} continuation ${continuation}`;
}

/**
 * Takes the lease: the next free slot of a secret whose versions are write-once, so that of two runs that
 * reach for the same slot exactly one gets it. Renews itself at half of its length until released. A slot
 * of the same run under another name is waited out: Function Compute delivers again at once what was
 * killed, and gives up on it when it is told no. Where the predecessor lives, it renews meanwhile.
 */
export async function takeLease(run: Run, secretName: string, claim: Claim): Promise<Taking> {
  let next = 0;
  let waitedFor = 0;
  for (let attempt = 1; attempt <= TAKE_ATTEMPTS; attempt += 1) {
    const last = await lastSlot(run, secretName, next);
    if (last.kind === 'failed') return last;
    const { slot } = last;
    const free = slot === null ? run.ports.clock.now() : after(slot.until, SKEW_MS);
    if (slot !== null && !isOurs(slot, claim) && run.ports.clock.now() < free) {
      const predecessor = slot.holder.startsWith(`${run.runId} `) && waitedFor === 0;
      if (!predecessor || !endsInTime(run, free)) {
        const detail = `${secretName} slot ${slot.number} until ${isoTime(slot.until)}`;
        return { kind: 'deferred', reason: reason('lease-held', detail) };
      }
      waitedFor = slot.number;
      await run.ports.clock.sleep(
        between(run.ports.clock.now(), free),
        run.options.stop ?? undefined,
      );
      continue;
    }
    const number = (slot?.number ?? 0) + 1;
    const mine = newSlot(run, number, claim.holder);
    const written = await writeSlot(run, secretName, mine, 'what-it-says');
    if (written.kind === 'failed') return written;
    if (written.slot.holder === claim.holder)
      return {
        kind: 'held',
        lease: keep(run, secretName, written.slot),
        shared: slot?.holder === claim.holder && run.ports.clock.now() < slot.until,
      };
    // Somebody else has that slot: look at it, even if the list does not show it yet.
    next = number;
  }
  return { kind: 'deferred', reason: reason('lease-held', secretName) };
}

function isOurs({ holder }: Slot, claim: Claim): boolean {
  return holder === claim.holder || holder === claim.heirOf;
}

function endsInTime({ options }: Run, instant: EpochMs): boolean {
  if (options.stop?.aborted) return false;
  return options.deadline === null || instant < options.deadline;
}

/** A holder's time never passes the instant at which its process is killed. */
function newSlot({ options, ports }: Run, number: number, holder: string): Slot {
  const until = after(ports.clock.now(), LEASE_MS);
  const { killedAt } = options;
  return { number, holder, until: killedAt !== null && killedAt < until ? killedAt : until };
}

/**
 * Works under a lease that somebody else takes and renews: a shard under the dispatcher's. It ends for the
 * shard when the slots run out or somebody of another name has one.
 */
export async function followLease(run: Run, secretName: string, holder: string): Promise<Taking> {
  const last = await lastSlot(run, secretName, 0);
  if (last.kind === 'failed') return last;
  const { slot } = last;
  if (slot === null || slot.holder !== holder || run.ports.clock.now() >= slot.until - SKEW_MS) {
    return { kind: 'deferred', reason: reason('lease-lost', secretName) };
  }
  return { kind: 'held', lease: follow(run, secretName, slot), shared: true };
}

function follow(run: Run, secretName: string, first: Slot): Lease {
  const { clock } = run.ports;
  const done = new AbortController();
  let last = first;
  let over = false;
  const watch = async (): Promise<void> => {
    for (;;) {
      const untilDue = between(clock.now(), last.until) - FOLLOW_BEFORE_END_MS;
      await clock.sleep(durationMs(Math.max(FOLLOW_AGAIN_MS, untilDue)), done.signal);
      if (done.signal.aborted) return;
      for (;;) {
        const read = await readSlot(run, secretName, last.number + 1);
        if (read.kind !== 'slot') break;
        over ||= read.slot.holder !== first.holder;
        last = read.slot;
      }
      if (over || clock.now() >= last.until) return;
    }
  };
  const watching = watch().catch(() => undefined);
  const release = async (): Promise<void> => {
    done.abort();
    await watching;
  };
  return {
    until: () => (over ? epochMs(0) : epochMs(last.until - SKEW_MS)),
    passTo: async () => true,
    release,
    lapse: release,
  };
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
  return read.kind === 'slot' ? read : { kind: 'failed', reason: read.reason };
}

type ReadSlot =
  | { readonly kind: 'slot'; readonly slot: Slot }
  | { readonly kind: 'none' | 'failed'; readonly reason: Reason };

async function readSlot(run: Run, secretName: string, number: number): Promise<ReadSlot> {
  const read = await reliably(run, () =>
    run.ports.secrets.readVersion(secretName, `lease-${number}`),
  );
  if (read.kind !== 'ok') {
    const kind = read.kind === 'notFound' ? 'none' : 'failed';
    return { kind, reason: reasonOf(read, secretName) };
  }
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

/**
 * Gives the slot as it stands then: ours, or that of whoever was there before. A slot that was taken is ours,
 * since a version is write-once; `what-it-says`: it is read all the same, because others may reach for it too.
 */
async function writeSlot(
  run: Run,
  secretName: string,
  slot: Slot,
  trust: 'the-answer' | 'what-it-says',
): Promise<
  | { readonly kind: 'slot'; readonly slot: Slot }
  | { readonly kind: 'failed'; readonly reason: Reason }
> {
  const data = new Redacted(`${slot.holder}\n${isoTime(slot.until)}`);
  const put = await reliably(run, () =>
    run.ports.secrets.putVersion({
      name: secretName,
      versionId: `lease-${slot.number}`,
      data,
      labels: [LABELS.current],
    }),
  );
  if (put.kind === 'denied' || put.kind === 'notFound')
    return { kind: 'failed', reason: reasonOf(put, secretName) };
  if (put.kind === 'ok' && trust === 'the-answer') return { kind: 'slot', slot };
  // Whatever else was answered: only what the slot says counts.
  const read = await readSlot(run, secretName, slot.number);
  return read.kind === 'slot' ? read : { kind: 'failed', reason: read.reason };
}

/** Renews in the background; a renewal that fails leaves the end where it was. */
function keep(run: Run, secretName: string, first: Slot): Lease {
  const { clock } = run.ports;
  const done = new AbortController();
  let last = first;
  let kept = false;
  /** Whether the slot after ours now says this. */
  const write = async (slot: Slot): Promise<boolean> => {
    const written = await writeSlot(run, secretName, slot, 'the-answer');
    if (written.kind !== 'slot' || written.slot.holder !== slot.holder) return false;
    last = written.slot;
    return true;
  };
  const renew = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(durationMs(LEASE_MS / 2), done.signal);
      if (done.signal.aborted || clock.now() >= last.until) return;
      if (!(await write(newSlot(run, last.number + 1, first.holder)))) return;
    }
  };
  const renewing = renew().catch(() => undefined);
  const lapse = async (): Promise<void> => {
    done.abort();
    await renewing;
  };
  const end = async (holder: string, until: EpochMs): Promise<boolean> => {
    await lapse();
    return clock.now() < last.until && write({ number: last.number + 1, holder, until });
  };
  return {
    until: () => (kept ? epochMs(0) : epochMs(last.until - SKEW_MS)),
    passTo: async (heir) => {
      kept = await end(heir, after(clock.now(), HEIR_MS));
      return kept;
    },
    // An end in the past: no allowance for another clock has to pass before the next run.
    release: async () => {
      await end(first.holder, epochMs(0));
    },
    lapse,
  };
}
