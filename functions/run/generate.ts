import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import { generateKey } from '../core/generate-key.ts';
import { plansBySecret } from '../core/group-plan.ts';
import type { GroupPlan } from '../core/group-plan.ts';
import { sharedKeys } from '../core/key-sharing.ts';
import { withNewKeys } from '../core/new-keys.ts';
import { Redacted } from '../core/redacted.ts';
import { between } from '../core/units.ts';
import { LABELS, holderOf, roomFor } from '../core/versions.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import { windowsOf } from './prepare.ts';
import type { Prepared, WorkedSecret } from './prepare.ts';
import { reliably } from './retry.ts';
import { closedWindow } from './windows.ts';

const DAY_MS = 86_400_000;

/** What became of the secrets whose keys were due: `stored`, or why nothing could be stored. */
export type Generated = ReadonlyMap<string, 'stored' | Reason>;

/** Stores a next version with fresh keys for every secret whose current one is old enough. */
export async function generateDue(run: Run, prepared: Prepared): Promise<Generated> {
  const results = new Map<string, 'stored' | Reason>();
  const plans = plansBySecret(prepared.plans);
  for (const secret of prepared.secrets) {
    const name = secret.aim.secretName;
    const mine = plans.get(name) ?? [];
    if (isDue(run, mine, secret)) {
      const shared = sharedWith(mine, name);
      if (shared !== null) {
        results.set(name, reason('generation-shared', `${name} and ${shared}`));
        continue;
      }
      const closed = closedWindow(run, windowsOf(secret));
      const due = closed && reason(closed.code, `${name}: new keys are due; ${closed.detail}`);
      results.set(name, due ?? (await generate(run, mine, secret)));
    }
  }
  return results;
}

/** Never while a next version exists, one is held, or the tunnels do not all hold the current one. */
function isDue(run: Run, mine: readonly GroupPlan[], { aim, snapshot }: WorkedSecret): boolean {
  const days = aim.document.rotateEveryDays;
  const current = holderOf(snapshot, LABELS.current);
  if (days === null || current === null || aim.held !== null) return false;
  if (holderOf(snapshot, LABELS.next) !== null) return false;
  if (between(current.createdAt, run.ports.clock.now()) < days * DAY_MS) return false;
  return (
    mine.length > 0 &&
    mine.every((plan) => plan.verdict === 'converged' || plan.verdict === 'unknown')
  );
}

/** Another secret that names some of the same tunnels: each would be given keys of its own. */
function sharedWith(mine: readonly GroupPlan[], name: string): string | null {
  const names = mine.flatMap((plan) => plan.secrets.map((secret) => secret.name));
  return names.find((other) => other !== name) ?? null;
}

async function generate(
  run: Run,
  mine: readonly GroupPlan[],
  secret: WorkedSecret,
): Promise<'stored' | Reason> {
  const { aim, snapshot } = secret;
  const name = aim.secretName;
  if (roomFor(snapshot.versions) === 0) return reason('versions-full', name);
  const current = await reliably(run, () => run.ports.secrets.readVersion(name, aim.versionId));
  if (current.kind !== 'ok') return reasonOf(current, name);
  const members = mine.flatMap((plan) =>
    plan.group.members.map((member) => ({ ...member, groupId: plan.group.id })),
  );
  const shared = sharedKeys(aim.document.targets, members);
  const keys = new Map<number, string>();
  const text = withNewKeys(current.value.expose(), (target) => {
    const number = [...shared].find(([known]) => known.path === target.path)?.[1] ?? -1;
    const key = keys.get(number) ?? generateKey((count) => run.ports.random.bytes(count));
    keys.set(number, key);
    return key;
  });
  // Derived from the run: a trigger delivered twice cannot store two next versions.
  const versionId = `keyturn-next-${run.ports.random.sha256Hex(JSON.stringify([run.runId, name])).slice(0, 32)}`;
  const put = await reliably(run, () =>
    run.ports.secrets.putVersion({
      name,
      versionId,
      data: new Redacted(text),
      labels: [LABELS.next],
    }),
  );
  if (put.kind === 'ok') return 'stored';
  // Refused: an earlier delivery of this trigger has stored its own keys under this id. Those count.
  const stored = await reliably(run, () => run.ports.secrets.readVersion(name, versionId));
  return stored.kind === 'ok' ? 'stored' : reasonOf(put, name);
}
