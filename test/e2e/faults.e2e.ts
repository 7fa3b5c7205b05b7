import { expect, test } from 'vitest';
import { CALL_FAULTS } from '../../local/faults.ts';
import type { FaultKind, FaultRule } from '../../local/faults.ts';
import type { LocalCloud } from '../../local/server.ts';
import { cloudOf, invoke, keysOf, labelsOf, reportOf } from './harness.ts';
import { NEW, OLD, smallFleet } from './small-fleet.ts';

const QUICK = { environment: { KEYTURN_REQUEST_TIMEOUT_MS: '300' } };
const WRITE = 'ModifyTunnelAttribute';

/** Faults of a write that a run gets over. A gateway that stays busy for good takes a person. */
const PASSING: readonly FaultKind[] = [...CALL_FAULTS, 'server-500-after-applied'];

/** Which keys each site's tunnels have; a group that is not mixed has one. */
function keysBySite(local: LocalCloud): Readonly<Record<string, ReadonlySet<string>>> {
  const sites: Record<string, Set<string>> = { alpha: new Set(), beta: new Set() };
  for (const [tunnel, key] of Object.entries(keysOf(local))) {
    sites[tunnel.startsWith('vco-alpha') ? 'alpha' : 'beta']?.add(key);
  }
  return sites;
}

const ALL_NEW = { alpha: new Set([NEW.alpha]), beta: new Set([NEW.beta]) };

async function struckBy(rules: readonly FaultRule[], kind: FaultKind): Promise<LocalCloud> {
  const local = await cloudOf(smallFleet());
  local.cloud.faults.set(rules);
  const { error, report } = await invoke(local, QUICK);
  expect(error).toBeNull();
  expect(report?.outcome).toBe('converged');
  expect(local.cloud.faults.met).toEqual(new Map([[kind, rules.length]]));
  return local;
}

test.each(PASSING)('%s at three writes: the run gets over it', async (kind) => {
  const rules = [1, 3, 5].map((nth) => ({ kind, nth, action: WRITE, delayMs: 200 }));
  expect(keysBySite(await struckBy(rules, kind))).toEqual(ALL_NEW);
});

test.each([
  { kind: 'stale-read', action: 'DescribeVpnConnections', nth: 8 },
  { kind: 'stale-read', action: 'DescribeVpnGateways', nth: 5 },
  { kind: 'reset-before', action: 'UpdateSecretVersionStage', nth: 1 },
  { kind: 'reset-after-applied', action: 'UpdateSecretVersionStage', nth: 1 },
  { kind: 'server-500', action: 'UpdateSecretVersionStage', nth: 2 },
  { kind: 'half-answer', action: 'DescribeVpnConnections', nth: 8 },
  { kind: 'throttle', action: 'ListSecretVersionIds', nth: 1 },
] as const)('$kind at call $nth of $action: the run gets over it', async (rule) => {
  const local = await struckBy([rule], rule.kind);
  expect(keysBySite(local)).toEqual(ALL_NEW);
  expect(await labelsOf(local)).toMatchObject({
    'vpn/alpha': { v1: ['ACSPrevious'], v2: ['ACSCurrent'] },
    'vpn/beta': { v1: ['ACSPrevious'], v2: ['ACSCurrent'] },
  });
});

const SITES = { 'cgw-alpha': 'alpha', 'cgw-beta': 'beta' } as const;

test.each([1, 2, 3, 4, 6])('write %i refused: no group is left half new', async (nth) => {
  const local = await cloudOf(smallFleet());
  local.cloud.faults.set([{ kind: 'refuse', action: WRITE, nth, code: 'VpnRouteEntry.Conflict' }]);
  const { error, report } = await invoke(local, QUICK);
  expect(error?.name).toBe('RotationNeedsAttention');
  const verdicts = new Map(
    report?.groups.map(({ customerGatewayId, verdict }) => [
      SITES[customerGatewayId as keyof typeof SITES],
      verdict,
    ]),
  );
  for (const [site, verdict] of verdicts) {
    const key = verdict === 'converged' ? NEW[site] : OLD[site];
    expect(keysBySite(local)[site]).toEqual(new Set([key]));
  }

  // A later run does not try again by itself what was put back; what was never begun it does.
  const { groups } = await reportOf(local, QUICK);
  for (const { customerGatewayId } of groups) {
    const site = SITES[customerGatewayId as keyof typeof SITES];
    const key = verdicts.get(site) === 'restored' ? OLD[site] : NEW[site];
    expect(keysBySite(local)[site]).toEqual(new Set([key]));
  }
});
