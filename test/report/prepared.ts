/** What a run has read and planned, without a cloud to read it from. */
import { Redacted } from '../../functions/core/redacted.ts';
import type { RotationDocument } from '../../functions/core/document.ts';
import type { Fleet } from '../../functions/core/fleet.ts';
import type { GroupPlan } from '../../functions/core/group-plan.ts';
import { epochMs } from '../../functions/core/units.ts';
import type { SecretVersion } from '../../functions/core/versions.ts';
import { parseInstant } from '../../functions/run/iso-time.ts';
import type { Prepared } from '../../functions/run/prepare.ts';
import { aimOf } from '../../functions/core/versions.ts';
import { claimant, fleet, connection, planned, rotation, target } from '../core/builders.ts';

export const NOW = epochMs(Date.UTC(2026, 10, 23));
const DAY_MS = 86_400_000;
const SECRET = 'psk/a';

const VERSIONS: readonly SecretVersion[] = [
  { versionId: 'v0', labels: [], createdAt: epochMs(NOW - 200 * DAY_MS) },
  { versionId: 'v1', labels: ['ACSCurrent'], createdAt: epochMs(NOW - 60 * DAY_MS) },
  { versionId: 'v2', labels: ['KeyturnNext'], createdAt: NOW },
];

export interface Given {
  readonly world?: Fleet;
  readonly document?: RotationDocument;
  readonly versions?: readonly SecretVersion[];
  readonly restores?: readonly GroupPlan[];
}

/** One secret, `psk/a`: v1 is current with the old key, v2 is next with the document given. */
export function prepared(given: Given = {}): Prepared {
  const world = given.world ?? fleet(connection());
  const document = given.document ?? rotation();
  const old = rotation([target({ key: new Redacted('example-psk-old') })]);
  const snapshot = {
    name: SECRET,
    versions: given.versions ?? VERSIONS,
    documents: new Map([
      ['v1', { kind: 'document', document: old } as const],
      ['v2', { kind: 'document', document } as const],
    ]),
    before: null,
  };
  const aim = aimOf(snapshot, NOW, parseInstant);
  if (aim.kind !== 'apply') throw new Error(aim.reason.code);
  return {
    fleet: world,
    customerGateways: [],
    secrets: [{ snapshot, aim, currentVersionId: 'v1', moves: [], undone: false }],
    unusable: new Map(),
    plans: planned(world, [claimant(document, SECRET, 'v2')], { [SECRET]: aim }),
    restores: given.restores ?? [],
  };
}
