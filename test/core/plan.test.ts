import { describe, expect, test } from 'vitest';
import type { RotationDocument } from '../../functions/core/document.ts';
import { reason } from '../../functions/core/codes.ts';
import { runOrder } from '../../functions/core/group-plan.ts';
import type { ClaimState } from '../../functions/core/plan.ts';
import { parseWindow } from '../../functions/core/window.ts';
import {
  MASKED,
  NEW,
  OLD,
  OTHER,
  REGION,
  claimant,
  connection,
  fleet,
  gateway,
  planned,
  readable,
  rotation,
  target,
  tunnel,
  withTunnels,
} from './builders.ts';

const A = connection();
const B = connection({ vpnConnectionId: 'vco-b' });
const GROUP = `${REGION}/vpn-1/cgw-1`;
const masked = withTunnels(A, () => ({ key: MASKED }));
const holdDocument = rotation([target()], { onFailure: 'hold' });

/** The plan of the only group for one document in one state. */
function plan(
  world = fleet(A),
  document: RotationDocument = rotation(),
  state: Partial<ClaimState> = {},
) {
  const [first, ...rest] = planned(world, [claimant(document)], { 'psk/a': state });
  expect(rest).toEqual([]);
  return first!;
}

const idsOf = ({ steps }: { readonly steps: ReturnType<typeof plan>['steps'] }) =>
  steps.map((step) => step.tunnel.tunnelId);

test('a ready group: slaves before masters, with the version it comes from', () => {
  const document = rotation([target(), target({ vpnConnectionId: 'vco-b' })]);
  const ready = plan(fleet(A, B), document);
  expect(ready).toMatchObject({
    verdict: 'ready',
    reason: { code: 'ready', detail: '' },
    finish: 'converge',
    secrets: [{ name: 'psk/a', versionId: 'v2' }],
  });
  expect(ready.group.id).toBe(GROUP);
  expect(idsOf(ready)).toEqual(['vco-a-s', 'vco-b-s', 'vco-a-m', 'vco-b-m']);
  expect(ready.wanted.get(`${REGION}/vco-a/vco-a-m`)).toEqual({ key: NEW, settings: {} });
});

test('what holds already is no step', () => {
  const half = withTunnels(A, ({ role }) => (role === 'slave' ? { key: readable(NEW) } : {}));
  expect(idsOf(plan(fleet(half)))).toEqual(['vco-a-m']);
  const whole = plan(fleet(withTunnels(A, () => ({ key: readable(NEW) }))));
  expect(whole).toMatchObject({ verdict: 'converged', reason: reason('in-place'), steps: [] });
});

describe('keys that cannot be read', () => {
  test('are written for a next version', () => {
    const ready = plan(fleet(masked), holdDocument, { promote: true });
    expect(ready.verdict).toBe('ready');
    expect(idsOf(ready)).toEqual(['vco-a-s', 'vco-a-m']);
  });

  test('are left alone for a current one, and said to be unknown', () => {
    expect(plan(fleet(masked), holdDocument, { promote: false })).toMatchObject({
      verdict: 'unknown',
      reason: reason('keys-unreadable'),
      steps: [],
    });
  });

  test('do not hide a setting that differs', () => {
    const document = rotation([target({ settings: { dpd: false } })], { onFailure: 'hold' });
    expect(idsOf(plan(fleet(masked), document, { promote: false }))).toHaveLength(2);
  });

  test('go back to what the current version says', () => {
    const ready = plan(fleet(masked), rotation(), {
      believed: ({ tunnelId }) => ({ key: tunnelId === 'vco-a-s' ? OLD : OTHER, settings: {} }),
    });
    expect(ready.steps.map((step) => step.before.key)).toEqual([OLD, OTHER]);
  });

  test('are believed from the first document that says something', () => {
    const plans = planned(fleet(masked), [claimant(rotation(), 'a'), claimant(rotation(), 'b')], {
      b: { believed: () => ({ key: OLD, settings: {} }) },
    });
    expect(plans[0]?.steps.map((step) => step.before.key)).toEqual([OLD, OLD]);
  });
});

describe('a tunnel that an earlier run wrote and did not see come up', () => {
  const slaveDown = withTunnels(A, ({ role }) =>
    role === 'slave' ? { key: readable(NEW), sa: 'down' } : {},
  );
  const believed = () => ({ key: OLD, settings: {} });

  test('is verified before its partner is written, which it then is not the only path for', () => {
    const ready = plan(fleet(slaveDown), rotation(), { believed });
    expect(ready.verdict).toBe('ready');
    expect(
      ready.steps.map((step) => [step.tunnel.tunnelId, step.verifyOnly, step.interrupts]),
    ).toEqual([
      ['vco-a-s', true, 'nothing'],
      ['vco-a-m', false, 'switch-over'],
    ]);
  });

  test('does not stand in for the partner of another connection', () => {
    const lonely = withTunnels(B, ({ role }) => (role === 'slave' ? { sa: 'down' } : {}));
    const document = rotation([target(), target({ vpnConnectionId: 'vco-b' })]);
    expect(plan(fleet(slaveDown, lonely), document, { believed }).reason).toEqual(
      reason('no-second-path', `${REGION}/vco-b/vco-b-m`),
    );
  });

  test.each([
    ['nobody knows what it was before', { believed: () => null }],
    ['it had the same before', { believed: () => ({ key: NEW, settings: {} }) }],
    ['the version is the current one', { believed, promote: false }],
  ])('is no step where %s', (_, state) => {
    const down = withTunnels(A, () => ({ key: readable(NEW), sa: 'down' }));
    expect(plan(fleet(down), rotation(), state)).toMatchObject({ verdict: 'converged', steps: [] });
  });

  test('is no step where it is up', () => {
    const up = withTunnels(A, () => ({ key: readable(NEW) }));
    expect(plan(fleet(up), rotation(), { believed }).steps).toEqual([]);
  });
});

describe('tunnels that an earlier run has changed', () => {
  const slaveNew = withTunnels(A, ({ role }) => (role === 'slave' ? { key: readable(NEW) } : {}));
  const carried = (state: Partial<ClaimState>, world = fleet(slaveNew)) =>
    plan(world, rotation(), state).carried.map((step) => [
      step.tunnel.tunnelId,
      step.before.key,
      step.verifyOnly,
    ]);
  const believed = () => ({ key: OLD, settings: {} });

  test('go back with the group, to what the earlier version says', () => {
    expect(carried({ believed })).toEqual([['vco-a-s', OLD, true]]);
  });

  test.each([
    ['of a current version', { believed, promote: false }],
    ['that nobody knows more of', {}],
    ['that had the same before', { believed: () => ({ key: NEW, settings: {} }) }],
  ])('not those %s', (_, state) => {
    expect(carried(state)).toEqual([]);
  });

  test('not those that have a step, or have another key', () => {
    const down = withTunnels(slaveNew, ({ role }) => (role === 'slave' ? { sa: 'down' } : {}));
    expect(carried({ believed }, fleet(down))).toEqual([]);
    const drifted = withTunnels(A, () => ({ key: readable(OTHER) }));
    expect(carried({ believed }, fleet(drifted))).toEqual([]);
  });
});

describe('what comes before what', () => {
  const held = reason('held', 'psk/a version v1');
  const waiting = reason('peer-not-ready', 'version v2');
  const broken = { ...A, state: 'deleting' };

  test('held, before any check', () => {
    expect(plan(fleet(broken), rotation(), { held, waiting })).toMatchObject({
      verdict: 'blocked',
      reason: held,
    });
    const done = withTunnels(A, () => ({ key: readable(NEW) }));
    expect(plan(fleet(done), rotation(), { held }).verdict).toBe('blocked');
  });

  test('in place, before the checks', () => {
    const done = withTunnels(broken, () => ({ key: readable(NEW) }));
    expect(plan(fleet(done), rotation(), { waiting }).verdict).toBe('converged');
  });

  test('a check, before the handover', () => {
    expect(plan(fleet(broken), rotation(), { waiting }).reason.code).toBe('connection-not-active');
  });

  test('the handover', () => {
    const result = plan(fleet(A), rotation(), { waiting });
    expect(result).toMatchObject({ verdict: 'waiting', reason: waiting });
    expect(idsOf(result)).toEqual(['vco-a-s', 'vco-a-m']);
  });

  test('half a group has no steps', () => {
    const half = plan(fleet(A), rotation([target({ tunnelId: 'vco-a-s' })]));
    expect(half).toMatchObject({ verdict: 'blocked', steps: [] });
    expect(half.reason.code).toBe('group-incomplete');
  });
});

const NIGHTS = parseWindow('01:00-05:00 UTC');

describe('several documents of one group', () => {
  const rulesOf = (...documents: readonly Partial<RotationDocument>[]) =>
    planned(
      fleet(A),
      documents.map((options, at) => claimant(rotation([target()], options), `psk/${at}`)),
    )[0]?.rules;

  test('one document: its own rules', () => {
    expect(
      rulesOf({
        proof: { require: 'none', timeoutSeconds: 60 },
        onFailure: 'hold',
        allowInterruption: true,
        handover: { mode: 'stepwise', followWithinHours: 12 },
        window: NIGHTS,
      }),
    ).toEqual({
      proof: { require: 'none', timeoutSeconds: 60 },
      onFailure: 'hold',
      allowInterruption: true,
      groupStrategy: 'in-place',
      stepwise: { followWithinHours: 12 },
      windows: [NIGHTS],
    });
  });

  test('the customer gateway is replaced only where every document lets it', () => {
    const replace = { groupStrategy: 'replace-customer-gateway' } as const;
    expect(rulesOf(replace, replace)).toMatchObject(replace);
    expect(rulesOf(replace, {})).toMatchObject({ groupStrategy: 'in-place' });
  });

  test.each([
    ['none', 'established', 'established'],
    ['proven', 'established', 'proven'],
    ['established', 'proven', 'proven'],
    ['none', 'none', 'none'],
  ] as const)('proof %s and %s: %s, with the longer time', (one, two, expected) => {
    const rules = rulesOf(
      { proof: { require: one, timeoutSeconds: 90 } },
      { proof: { require: two, timeoutSeconds: 60 } },
    );
    expect(rules?.proof).toEqual({ require: expected, timeoutSeconds: 90 });
  });

  test('the stricter of every other option', () => {
    const lax = {
      allowInterruption: true,
      handover: { mode: 'stepwise', followWithinHours: 48 },
    } as const;
    const hold = {
      onFailure: 'hold',
      handover: { mode: 'stepwise', followWithinHours: 24 },
    } as const;
    for (const documents of [
      [lax, hold],
      [hold, lax],
    ]) {
      expect(rulesOf(...documents)).toMatchObject({
        onFailure: 'hold',
        allowInterruption: false,
        stepwise: { followWithinHours: 24 },
      });
    }
    expect(rulesOf({}, {})).toMatchObject({ onFailure: 'restore', stepwise: null });
  });

  test('one next version is enough for keys that cannot be read to be written', () => {
    const both = [claimant(holdDocument, 'a'), claimant(holdDocument, 'b')];
    const promoting = (a: boolean, b: boolean) =>
      planned(fleet(masked), both, { a: { promote: a }, b: { promote: b } })[0]?.verdict;
    expect(promoting(true, false)).toBe('ready');
    expect(promoting(false, true)).toBe('ready');
    expect(promoting(false, false)).toBe('unknown');
  });

  test('one that is held or waits is enough', () => {
    const both = [claimant(rotation(), 'a'), claimant(rotation(), 'b')];
    const held = reason('held', 'b');
    expect(planned(fleet(A), both, { b: { held } })[0]?.reason).toEqual(held);
    const waiting = reason('not-before', 'later');
    expect(planned(fleet(A), both, { b: { waiting } })[0]?.reason).toEqual(waiting);
  });
});

describe('a document is applied as a whole', () => {
  const on = (vpnConnectionId: string, state = 'active') =>
    connection({ vpnConnectionId, vpnGatewayId: null, kind: 'attachment', state });
  const names = (...ids: readonly string[]) =>
    rotation(ids.map((vpnConnectionId, at) => target({ vpnConnectionId, path: `targets[${at}]` })));
  const groupOf = (id: string) => `${REGION}/${id}/cgw-1`;

  test('a blocked group blocks the ready ones of its document, and no others', () => {
    const world = fleet(on('a'), on('b', 'deleting'), on('c'));
    const plans = planned(world, [claimant(names('a', 'b'), 'ab'), claimant(names('c'), 'c')]);
    expect(plans.map((one) => [one.verdict, one.reason])).toEqual([
      ['blocked', reason('document-blocked', groupOf('b'))],
      ['blocked', reason('connection-not-active', 'b is deleting')],
      ['ready', reason('ready')],
    ]);
  });

  test('what is blocked through one document blocks the next', () => {
    const world = fleet(on('c'), on('b'), on('a', 'deleting'));
    const plans = planned(world, [
      claimant(names('c', 'b'), 'cb'),
      claimant(names('b', 'a'), 'ba'),
    ]);
    expect(plans.map((one) => [one.verdict, one.reason])).toEqual([
      ['blocked', reason('document-blocked', groupOf('b'))],
      ['blocked', reason('document-blocked', groupOf('a'))],
      ['blocked', reason('connection-not-active', 'a is deleting')],
    ]);
  });

  test('a group that has converged stays so', () => {
    const done = withTunnels(on('a'), () => ({ key: readable(NEW) }));
    const plans = planned(fleet(done, on('b', 'deleting')), [claimant(names('a', 'b'))]);
    expect(plans.map((one) => one.verdict)).toEqual(['converged', 'blocked']);
  });
});

test('a tunnel of no name is planned like any other', () => {
  const single = connection({
    kind: 'single-tunnel',
    tunnels: [tunnel({ tunnelId: null, role: 'only' })],
  });
  const ready = plan(fleet(single), rotation([target()], { allowInterruption: true }));
  expect(ready.steps).toHaveLength(1);
  expect(ready.steps[0]).toMatchObject({
    tunnel: { regionId: REGION, vpnConnectionId: 'vco-a', tunnelId: null },
    call: 'ModifyVpnConnectionAttribute',
    interrupts: 'only-path',
  });
});

test('the group with the fewest steps is begun first, else the order of the plan', () => {
  const worldOf = (id: string, tunnels: number) =>
    connection({
      vpnConnectionId: id,
      vpnGatewayId: id,
      tunnels: Array.from({ length: tunnels }, (_, at) =>
        tunnel({ tunnelId: `${id}-${at}`, sa: 'down' }),
      ),
    });
  const world = {
    gateways: ['a', 'b', 'c'].map((vpnGatewayId) => gateway({ vpnGatewayId })),
    connections: [worldOf('a', 2), worldOf('b', 1), worldOf('c', 1)],
  };
  const targets = world.connections.map(({ vpnConnectionId }) => target({ vpnConnectionId }));
  const plans = planned(world, [claimant(rotation(targets))]);
  expect(runOrder(plans).map((one) => one.group.vpnGatewayId)).toEqual(['b', 'c', 'a']);
  expect(plans.map((one) => one.group.vpnGatewayId)).toEqual(['a', 'b', 'c']);
});
