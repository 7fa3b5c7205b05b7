import { describe, expect, test } from 'vitest';
import type { Role, SaStatus } from '../../functions/core/fleet.ts';
import {
  interruptionOf,
  orderOf,
  phasesOf,
  stepOf,
  verifyStepOf,
  writeCallOf,
} from '../../functions/core/steps.ts';
import { MASKED, NEW, OLD, REGION, SETTINGS, connection, tunnel } from './builders.ts';

test.each([
  ['slave', null, 0],
  ['only', null, 1],
  ['equal', 1, 1],
  ['equal', null, 1],
  ['equal', 2, 2],
  ['master', null, 3],
] as const)('%s %s is in phase %d', (role, index, phase) => {
  expect(orderOf({ role, index })).toBe(phase);
});

test.each([
  ['dual-tunnel', 'ModifyTunnelAttribute'],
  ['single-tunnel', 'ModifyVpnConnectionAttribute'],
  ['attachment', 'ModifyVpnAttachmentAttribute'],
] as const)('%s is written with %s', (kind, call) => {
  expect(writeCallOf(connection({ kind }))).toBe(call);
});

test('steps of one phase stay together, and phases are in order', () => {
  const member = (tunnelId: string, role: Role, index: number | null = null) => {
    const one = tunnel({ tunnelId, role, index });
    return stepOf({ connection: connection({ tunnels: [one] }), tunnel: one }, wish(NEW), null);
  };
  const steps = [
    member('m1', 'master'),
    member('e2', 'equal', 2),
    member('s1', 'slave'),
    member('m2', 'master'),
    member('e1', 'equal', 1),
    member('s2', 'slave'),
  ];
  expect(phasesOf(steps).map((phase) => phase.map((step) => step.tunnel.tunnelId))).toEqual([
    ['s1', 's2'],
    ['e1'],
    ['e2'],
    ['m1', 'm2'],
  ]);
  expect(phasesOf([])).toEqual([]);
});

const wish = (key: typeof NEW | null, settings = {}) => ({ key, settings });

describe('what a write interrupts', () => {
  test.each<[Role, SaStatus, SaStatus, string]>([
    ['slave', 'up', 'up', 'nothing'],
    ['master', 'up', 'up', 'switch-over'],
    ['only', 'up', 'up', 'switch-over'],
    ['equal', 'up', 'up', 'share-of-flows'],
    ['slave', 'up', 'down', 'only-path'],
    ['master', 'up', 'phase1', 'only-path'],
    ['equal', 'up', 'unknown', 'only-path'],
    ['master', 'down', 'down', 'nothing'],
    ['master', 'phase1', 'up', 'nothing'],
  ])('a %s that is %s beside one that is %s: %s', (role, sa, partner, expected) => {
    const one = tunnel({ role, sa });
    const two = tunnel({ tunnelId: 'tun-2', sa: partner });
    expect(interruptionOf(connection({ tunnels: [one, two] }), one)).toBe(expected);
    expect(interruptionOf(connection({ tunnels: [two, one] }), one)).toBe(expected);
  });

  test('a tunnel alone is the only path', () => {
    const one = tunnel({ role: 'only' });
    expect(interruptionOf(connection({ tunnels: [one] }), one)).toBe('only-path');
  });
});

describe('a step', () => {
  const of = (changes: Parameters<typeof tunnel>[0], wanted = wish(NEW), believed = wish(null)) => {
    const one = tunnel({ role: 'slave', index: 2, ...changes });
    return stepOf({ connection: connection({ tunnels: [one] }), tunnel: one }, wanted, believed);
  };

  test('has the complete configuration before and after', () => {
    expect(of({ sa: 'down' }, wish(NEW, { dpd: false }))).toEqual({
      tunnel: { regionId: REGION, vpnConnectionId: 'vco-a', tunnelId: 'tun-1' },
      role: 'slave',
      index: 2,
      call: 'ModifyTunnelAttribute',
      wanted: wish(NEW, { dpd: false }),
      before: { key: OLD, settings: SETTINGS },
      after: { key: NEW, settings: { ...SETTINGS, dpd: false } },
      changes: ['key', 'dpd'],
      wasUp: false,
      interrupts: 'nothing',
      verifyOnly: false,
    });
  });

  test.each([
    ['up', true],
    ['phase1', false],
    ['unknown', false],
  ] as const)('a tunnel that is %s was up: %s', (sa, wasUp) => {
    expect(of({ sa }).wasUp).toBe(wasUp);
  });

  test('believes a version only where the key cannot be read', () => {
    expect(of({}, wish(null, { dpd: false }), wish(NEW))).toMatchObject({
      before: { key: OLD },
      after: { key: OLD },
    });
    expect(of({ key: MASKED }, wish(null, { dpd: false }), wish(OLD))).toMatchObject({
      before: { key: OLD },
      after: { key: OLD },
    });
    expect(of({ key: MASKED })).toMatchObject({ before: { key: null }, after: { key: NEW } });
  });

  test('remembers the customer gateway where the document names one', () => {
    const step = of({}, wish(NEW, { customerGatewayId: 'cgw-2' }));
    expect(step.before.settings).toEqual({ ...SETTINGS, customerGatewayId: 'cgw-1' });
    expect(step.after.settings).toEqual({ ...SETTINGS, customerGatewayId: 'cgw-2' });
    expect(step.changes).toEqual(['key', 'customerGatewayId']);
  });
});

test('a step that only has to be verified goes back to what an earlier version says', () => {
  const one = tunnel({ sa: 'down', key: { kind: 'readable', key: NEW } });
  const member = { connection: connection({ tunnels: [one] }), tunnel: one };
  const wanted = wish(NEW, { ikePfs: 'group14' });
  expect(verifyStepOf(member, wanted, wish(OLD, { ikePfs: 'group2' }))).toEqual({
    tunnel: { regionId: REGION, vpnConnectionId: 'vco-a', tunnelId: 'tun-1' },
    role: 'master',
    index: null,
    call: 'ModifyTunnelAttribute',
    wanted,
    before: { key: OLD, settings: { ...SETTINGS, ikePfs: 'group2' } },
    after: { key: NEW, settings: SETTINGS },
    changes: ['key', 'ikePfs'],
    wasUp: true,
    interrupts: 'nothing',
    verifyOnly: true,
  });
});
