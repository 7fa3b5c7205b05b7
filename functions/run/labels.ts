import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import type { LabelMove } from '../core/take-back.ts';
import { holderOf } from '../core/versions.ts';
import type { SecretVersion } from '../core/versions.ts';
import { leaseLost } from './context.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import { reliably, repeat, retryAfter } from './retry.ts';
import type { Attempt } from './retry.ts';

/**
 * Brings a label onto a version (`to`), or off every version (`to` null). Looks before it calls, so it can
 * be repeated at will; sends the present holder along, so that a service that checks it refuses a call that
 * fits no longer. Null when the label is where it shall be, else why not.
 */
export function ensureLabel(
  run: Run,
  secretName: string,
  label: string,
  to: string | null,
  options: {
    /** Versions as this run has seen or left them: they count as the first look. */
    readonly known?: readonly SecretVersion[];
    /** Off this version only: where another has the label by now, somebody wants it there. */
    readonly off?: string;
  } = {},
): Promise<Reason | null> {
  const place = `${secretName} ${label}`;
  const { known, off } = options;
  return repeat<Reason | null>(
    run,
    run.options.attempts,
    async (attempt): Promise<Attempt<Reason | null>> => {
      if (leaseLost(run)) return { again: false, value: reason('lease-lost', place) };
      const listed =
        attempt === 1 && known !== undefined
          ? ({ kind: 'ok', value: known } as const)
          : await reliably(run, () => run.ports.secrets.listVersions(secretName));
      if (listed.kind !== 'ok') return { again: false, value: reasonOf(listed, place) };
      const from = holderOf({ versions: listed.value }, label)?.versionId ?? null;
      const elsewhere = to === null && off !== undefined && from !== off;
      if (from === to || elsewhere) return { again: false, value: null };
      const moved = await run.ports.secrets.moveLabel({
        name: secretName,
        label,
        ...(from === null ? {} : { from }),
        ...(to === null ? {} : { to }),
      });
      if (moved.kind === 'ok') return { again: false, value: null };
      if (moved.kind === 'denied') return { again: false, value: reasonOf(moved, place) };
      // Anything else may come from a stale list: look again, and call again only if it is still needed.
      const why = reason('label-not-moved', reasonOf(moved, place).detail);
      return { again: 'later', value: why, atLeastMs: retryAfter(moved) };
    },
  );
}

/** Makes each secret's moves in their order. Gives the secrets that could not be brought there, and why. */
export async function makeMoves(
  run: Run,
  secrets: readonly {
    readonly snapshot: { readonly name: string };
    readonly moves: readonly LabelMove[];
  }[],
): Promise<ReadonlyMap<string, Reason>> {
  const failed = new Map<string, Reason>();
  for (const { snapshot, moves } of secrets) {
    for (const { label, to } of moves) {
      const why = await ensureLabel(run, snapshot.name, label, to);
      if (why === null) continue;
      failed.set(snapshot.name, why);
      break;
    }
  }
  return failed;
}
