import { describe, expect, test } from 'vitest';
import { CODES, reason } from '../../functions/core/codes.ts';
import { planData } from '../../functions/report/plan-data.ts';
import { planText } from '../../functions/report/plan-text.ts';
import { connection, fleet, rotation, target, withTunnels } from '../core/builders.ts';
import { prepared } from './prepared.ts';
import type { Given } from './prepared.ts';

const textOf = (given: Given, width = 80): string =>
  planText(planData(prepared(given)), { colour: false, width });

test('a group says what changes once, and of each step what it interrupts', () => {
  expect(textOf({}).split('\n')).toEqual([
    '▸ cn-hangzhou/vpn-1/cgw-1                                 2 steps, 40 s to 7 min',
    '  Goes first and alone; if it fails, no other is touched.',
    '  key  version v1 → version v2',
    '  1 slave   vco-a/vco-a-s  cuts nothing',
    '  2 master  vco-a/vco-a-m  switches over',
    '',
    '1 group, 2 steps, about 40 s to 7 min. How long a gateway takes for a change is',
    'a guess.',
    '1 step switches traffic to the other tunnel.',
    'Nothing was written.',
  ]);
});

test('steps that change different things say so each', () => {
  const world = fleet(
    withTunnels(connection(), ({ role }) => ({
      settings: { ikePfs: role === 'slave' ? 'group2' : 'group14' },
    })),
  );
  const document = rotation([target({ settings: { ikePfs: 'group14' } })]);
  const lines = textOf({ world, document }).split('\n');
  expect(lines.slice(2, 7)).toEqual([
    '  Settings change: the far end must change them too.',
    '  1 slave   vco-a/vco-a-s  cuts nothing',
    '            key     version v1 → version v2',
    '            ikePfs  group2 → group14',
    '  2 master  vco-a/vco-a-m  switches over',
  ]);
});

describe('ids are never cut where somebody has to approve them', () => {
  const inColumns = (vpnConnectionId: string, width: number): string => {
    const tunnelId = vpnConnectionId.replace('vco', 'tun');
    const world = fleet(
      withTunnels(connection({ vpnConnectionId }), ({ role }) => ({
        tunnelId: role === 'slave' ? tunnelId : 'tun-m',
      })),
    );
    return textOf({ world, document: rotation([target({ vpnConnectionId })]) }, width);
  };

  test('those of the usual length fit beside what they interrupt', () => {
    const id = 'vco-bp1a3kqjiiq9legfdabcd';
    expect(inColumns(id, 80)).toContain(
      `  1 slave   ${id}/${id.replace('vco', 'tun')}  cuts nothing`,
    );
  });

  test('what does not fit stands below', () => {
    const id = `vco-${'x'.repeat(24)}`;
    expect(inColumns(id, 80)).toContain(
      `  1 slave   ${id}/${id.replace('vco', 'tun')}\n            cuts nothing`,
    );
  });
});

test('the far end must change too when settings do, and only then', () => {
  const settings = rotation([target({ settings: { ikePfs: 'group20' } })]);
  expect(textOf({ document: settings })).toContain('the far end must change them too');
  expect(textOf({})).not.toContain('the far end must change them too');
});

test('the loss of the only path is not to be overlooked', () => {
  const world = fleet(
    withTunnels(connection(), ({ role }) => ({ sa: role === 'slave' ? 'down' : 'up' })),
  );
  const document = rotation([target()], { allowInterruption: true });
  const text = textOf({ world, document });
  expect(text).toContain('vco-a/vco-a-m  CUTS ONLY PATH');
  expect(text).toContain('1 step CUTS THE ONLY PATH: cgw-1.');
});

test('what only waits for its time is there to be approved, with the time', () => {
  const handover = { mode: 'scheduled', notBefore: '2027-01-01T00:00:00Z' } as const;
  const text = textOf({ document: rotation([target()], { handover }) });
  expect(text).toMatch(/^◷ cn-hangzhou\/vpn-1\/cgw-1 +2 steps, /);
  expect(text).toContain('  Not yet: 2027-01-01T00:00:00Z\n');
  expect(text).toContain('  2 master  vco-a/vco-a-m  switches over');
});

test('a document that can change nothing is said to', () => {
  const text = textOf({ document: rotation([target({ vpnConnectionId: 'vco-z' })]) });
  expect(text).toContain('Nothing would be changed.');
});

describe.each([80, 160])('in %i columns', (width) => {
  const unusable = new Map([
    ['psk/\u001B[2J'.padEnd(200, 'x'), reason('document-invalid', 'targets[0].Psk: too long')],
  ]);
  const text = planText(planData({ ...prepared(), unusable }), { colour: false, width });

  test('no line is wider than the terminal', () => {
    for (const line of text.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(width);
  });

  test('what cannot be applied is there with its place and its remedy', () => {
    const line = text.replace(/\s+/g, ' ');
    expect(line).toContain('targets[0].Psk: too long');
    expect(line).toContain(CODES['document-invalid'].remedy);
  });

  test('nothing from outside steers the terminal', () => expect(text).not.toContain('\u001B'));
});
