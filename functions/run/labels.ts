import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import type { LabelMove } from '../core/take-back.ts';
import { holderOf } from '../core/versions.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import { reliably, repeat, retryAfter } from './retry.ts';
import type { Attempt } from './retry.ts';

/**
 * Brings a label onto a version (`to`), or (`to` null) off the version `only`, off any where that is not
 * given: somebody may have put it on another version meanwhile, and that is theirs to keep. Looks before it calls, so it
 * can be repeated at will; sends the present holder along, so that a service that checks it protects us.
 * Null when the label is where it shall be, else why not.
 */
export function ensureLabel(
  run: Run,
  secretName: string,
  label: string,
  to: string | null,
  only: string | null = null,
): Promise<Reason | null> {
  const place = `${secretName} ${label}`;
  return repeat<Reason | null>(
    run,
    run.options.attempts,
    async (): Promise<Attempt<Reason | null>> => {
      const listed = await reliably(run, () => run.ports.secrets.listVersions(secretName));
      if (listed.kind !== 'ok') return { again: false, value: reasonOf(listed, place) };
      const from = holderOf({ versions: listed.value }, label);
      if ((from?.versionId ?? null) === to) return { again: false, value: null };
      if (to === null && only !== null && from?.versionId !== only)
        return { again: false, value: null };
      const moved = await run.ports.secrets.moveLabel({
        name: secretName,
        label,
        ...(from === null ? {} : { from: from.versionId }),
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
