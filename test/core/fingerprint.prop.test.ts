import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reason } from '../../functions/core/codes.ts';
import { fingerprint } from '../../functions/core/fingerprint.ts';
import type { PlannedState } from '../../functions/core/fingerprint.ts';
import type { Connection, Fleet } from '../../functions/core/fleet.ts';
import { Redacted } from '../../functions/core/redacted.ts';
import { epochMs } from '../../functions/core/units.ts';
import {
  NEW,
  claimant,
  connection,
  fleet,
  fleets,
  planned,
  readable,
  rotation,
  rotationsFor,
  target,
  withTunnels,
} from './builders.ts';

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

const VERSIONS = [
  { versionId: 'v1', labels: ['ACSCurrent'], createdAt: epochMs(1) },
  { versionId: 'v2', labels: ['KeyturnNext'], createdAt: epochMs(2) },
];

function stateOf(
  world: Fleet,
  document = rotation(),
  changes: { versions?: typeof VERSIONS } = {},
): PlannedState {
  return {
    secrets: [
      {
        snapshot: { name: 'psk/a', versions: changes.versions ?? VERSIONS },
        aim: { versionId: 'v2', waiting: null, held: null },
      },
    ],
    unusable: new Map(),
    plans: planned(world, [claimant(document)]),
    restores: [],
  };
}

const printOf = (state: PlannedState): string => fingerprint(state, sha256Hex);
const ORIGINAL = printOf(stateOf(fleet(connection())));

const every = (change: Parameters<typeof withTunnels>[1]): Fleet =>
  fleet(withTunnels(connection(), change));

describe('a fingerprint moves with', () => {
  test.each<readonly [string, PlannedState]>([
    ['a setting', stateOf(every(() => ({ settings: { ikePfs: 'group2' } })))],
    [
      'a tunnel that went down',
      stateOf(every(({ role }) => (role === 'slave' ? { sa: 'down' } : {}))),
    ],
    ['a key that is there already', stateOf(every(() => ({ key: readable(NEW) })))],
    ['a key that can no longer be read', stateOf(every(() => ({ key: { kind: 'masked' } })))],
    ['another customer gateway', stateOf(every(() => ({ customerGatewayId: 'cgw-2' })))],
    [
      'a new member of the group',
      stateOf(fleet(connection(), connection({ vpnConnectionId: 'vco-b' }))),
    ],
    [
      'a wish for other settings',
      stateOf(fleet(connection()), rotation([target({ settings: { ikePfs: 'group2' } })])),
    ],
    [
      'a label',
      stateOf(fleet(connection()), rotation(), {
        versions: VERSIONS.map((version) => ({
          ...version,
          labels: [...version.labels, 'KeyturnHeld'],
        })),
      }),
    ],
    [
      'a secret that cannot be used',
      { ...stateOf(fleet(connection())), unusable: new Map([['psk/b', reason('no-version')]]) },
    ],
    [
      'a restore',
      { ...stateOf(fleet(connection())), restores: stateOf(fleet(connection())).plans },
    ],
  ])('%s', (_, moved) => expect(printOf(moved)).not.toBe(ORIGINAL));
});

describe('a fingerprint stays when all that changes is the time', () => {
  const world = fleet(connection());
  const waiting = (code: 'not-before' | 'outside-window' | 'peer-not-ready'): PlannedState => {
    const why = reason(code);
    const state = stateOf(world);
    return {
      ...state,
      secrets: state.secrets.map((secret) =>
        code === 'outside-window' ? secret : { ...secret, aim: { ...secret.aim, waiting: why } },
      ),
      plans: planned(world, [claimant(rotation())], {
        'psk/a': code === 'outside-window' ? { closed: why } : { waiting: why },
      }),
    };
  };

  test.each(['not-before', 'outside-window'] as const)('%s', (code) => {
    expect(waiting(code).plans[0]?.verdict).toBe('waiting');
    expect(printOf(waiting(code))).toBe(ORIGINAL);
  });

  test('the far end is another matter', () => {
    expect(printOf(waiting('peer-not-ready'))).not.toBe(ORIGINAL);
  });
});

/** Other keys, in the same places: what was equal stays equal. */
function rekeyed(connections: readonly Connection[]): readonly Connection[] {
  return connections.map((one) =>
    withTunnels(one, ({ key }) =>
      key.kind === 'readable' && !key.key.equals(NEW)
        ? { key: readable(new Redacted(`example-psk-instead-${sha256Hex(key.key.expose())}`)) }
        : {},
    ),
  );
}

test('a fingerprint says nothing of a key but whether it is the wanted one', () => {
  const worlds = fleets({ masked: true }).chain((world) =>
    fc.tuple(fc.constant(world), rotationsFor(world)),
  );
  fc.assert(
    fc.property(worlds, ([world, document]) => {
      const mine = {
        ...document,
        targets: document.targets.map((one) => (one.key === null ? one : { ...one, key: NEW })),
      };
      let seen = '';
      fingerprint(stateOf(world, mine), (text) => {
        seen = text;
        return '';
      });
      expect(seen).not.toContain('example-psk');
      const other = { ...world, connections: rekeyed(world.connections) };
      // What a group shares is compared before it is planned, so the verdicts have to be the same to begin with.
      const verdicts = (state: PlannedState): unknown =>
        state.plans.map(({ verdict, steps }) => [verdict, steps.map(({ changes }) => changes)]);
      fc.pre(
        JSON.stringify(verdicts(stateOf(other, mine))) ===
          JSON.stringify(verdicts(stateOf(world, mine))),
      );
      expect(printOf(stateOf(other, mine))).toBe(printOf(stateOf(world, mine)));
    }),
  );
});

test('a fingerprint does not depend on the order of reading', () => {
  const worlds = fleets({ masked: false }).chain((world) =>
    fc.tuple(fc.constant(world), rotationsFor(world)),
  );
  fc.assert(
    fc.property(worlds, ([world, document]) => {
      const state = stateOf(world, document);
      const turned: PlannedState = {
        ...state,
        secrets: state.secrets.map((secret) => ({
          ...secret,
          snapshot: { ...secret.snapshot, versions: secret.snapshot.versions.toReversed() },
        })),
        plans: state.plans.toReversed().map((plan) => ({
          ...plan,
          group: { ...plan.group, members: plan.group.members.toReversed() },
        })),
      };
      expect(printOf(turned)).toBe(printOf(state));
    }),
  );
});
