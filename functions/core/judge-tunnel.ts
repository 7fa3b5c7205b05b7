import { reason } from './codes.ts';
import type { Reason } from './codes.ts';
import { holds } from './compare.ts';
import type { Wanted } from './compare.ts';
import { tunnelName } from './fleet.ts';
import type { Tunnel } from './fleet.ts';
import type { Step } from './steps.ts';

/** So often may a write be accepted and turn out not to be in effect. */
export const FUTILE_LIMIT = 3;

/** What one tunnel's write has been through so far. */
export interface WriteRecord {
  /** A request may have changed the tunnel. */
  readonly touched: boolean;
  /** The last request was taken by the service, and nothing has been read since. */
  readonly accepted: boolean;
  /** Requests that were accepted and turned out not to be in effect. */
  readonly futile: number;
  /** The answer cannot be of the time before the last request. */
  readonly trusted: boolean;
}

export type Judgement =
  /**
   * `holds`: read back. `accepted`: taken by the service, but its key cannot be read. `unneeded`: as wanted
   * without a request of this run. `unclear`: to be read again.
   */
  | {
      readonly kind: 'holds' | 'accepted' | 'unneeded' | 'unclear' | 'failed';
      readonly reason: Reason;
    }
  /** A request is needed; `futile`: the last one was accepted and is not in effect, so this is a new one. */
  | { readonly kind: 'write'; readonly futile: boolean };

/** What a tunnel that nothing is configuring, as just read, says about the write that it is to get. */
export function judgeTunnel(
  tunnel: Tunnel,
  job: {
    readonly step: Pick<Step, 'tunnel' | 'before' | 'wanted'>;
    readonly wanted: Wanted;
    readonly direction: 'apply' | 'restore';
  },
  record: WriteRecord,
): Judgement {
  const { step, wanted, direction } = job;
  const name = tunnelName(step.tunnel);
  const state = holds(tunnel, wanted);
  if (state === 'yes' && record.touched) return { kind: 'holds', reason: reason('rotated', name) };
  // A restore writes even what reads as restored: the read may be older than a write still on its way.
  if (state === 'yes' && direction === 'apply')
    return { kind: 'unneeded', reason: reason('in-place', name) };
  if (state === 'unknown' && record.accepted)
    return { kind: 'accepted', reason: reason('rotated', name) };
  if (isForeign(tunnel, step)) return { kind: 'failed', reason: reason('tunnel-drifted', name) };
  if (record.accepted && !record.trusted)
    return { kind: 'unclear', reason: reason('write-unsettled', name) };
  // Accepted, settled, and still not there: it did not take effect, so asking again is a new request.
  const futile = record.futile + (record.accepted ? 1 : 0);
  return futile < FUTILE_LIMIT
    ? { kind: 'write', futile: record.accepted }
    : { kind: 'failed', reason: reason('write-unsettled', `${name}: accepted, but not in effect`) };
}

/**
 * Whether the key is neither the one before nor the step's own: somebody else has been there. A restore does
 * not overwrite it either, since it stands in no version.
 */
function isForeign({ key }: Tunnel, { before, wanted }: Pick<Step, 'before' | 'wanted'>): boolean {
  if (key.kind !== 'readable' || before.key === null) return false;
  return !key.key.equals(before.key) && !(wanted.key?.equals(key.key) ?? false);
}
