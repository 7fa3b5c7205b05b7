import { describe, expect, test } from 'vitest';
import { CODES, reason } from '../../functions/core/codes.ts';
import { planData } from '../../functions/report/plan-data.ts';
import { planText } from '../../functions/report/plan-text.ts';
import { connection, fleet, rotation, target, withTunnels } from '../core/builders.ts';
import { prepared } from './prepared.ts';
import type { Given } from './prepared.ts';

const textOf = (given: Given, width = 80): string =>
  planText(planData(prepared(given)), { colour: false, width });

test('a step says which tunnel, what it interrupts and what changes', () => {
  expect(textOf({}).split('\n')).toEqual([
    'ready cn-hangzhou/vpn-1/cgw-1',
    '  1. vco-a/vco-a-s (slave): interrupts nothing',
    '       key: version v1 → version v2',
    '  2. vco-a/vco-a-m (master): traffic switches over to the other tunnel',
    '       key: version v1 → version v2',
    '',
    '2 steps are ready. Nothing was written.',
  ]);
});

test('the far end must change too when settings do, and only then', () => {
  const settings = rotation([target({ settings: { ikePfs: 'group20' } })]);
  expect(textOf({ document: settings })).toContain('the far end must change too');
  expect(textOf({})).not.toContain('the far end must change too');
});

test('the loss of the only path is not to be overlooked', () => {
  const world = fleet(
    withTunnels(connection(), ({ role }) => ({ sa: role === 'slave' ? 'down' : 'up' })),
  );
  const document = rotation([target()], { allowInterruption: true });
  expect(textOf({ world, document })).toContain('INTERRUPTS THE ONLY PATH');
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
