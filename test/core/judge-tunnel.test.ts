import { describe, expect, test } from 'vitest';
import { FUTILE_LIMIT, judgeTunnel } from '../../functions/core/judge-tunnel.ts';
import type { WriteRecord } from '../../functions/core/judge-tunnel.ts';
import { MASKED, NEW, OLD, OTHER, readable, tunnel } from './builders.ts';

const UNTOUCHED: WriteRecord = { touched: false, accepted: false, futile: 0, trusted: true };
const TAKEN: WriteRecord = { touched: true, accepted: true, futile: 0, trusted: true };
const PLACE = { regionId: 'cn-hangzhou', vpnConnectionId: 'vco-a', tunnelId: 'tun-1' };

function judged(
  key: ReturnType<typeof readable> | typeof MASKED,
  record: WriteRecord,
  direction: 'apply' | 'restore' = 'apply',
  { before = OLD, wanted = NEW }: { before?: typeof OLD | null; wanted?: typeof NEW | null } = {},
) {
  const forward = direction === 'apply';
  const job = {
    step: {
      tunnel: PLACE,
      before: { key: before, settings: {} },
      wanted: { key: wanted, settings: {} },
    },
    wanted: forward ? { key: wanted, settings: {} } : { key: before, settings: {} },
    direction,
  };
  const found = judgeTunnel(tunnel({ key }), job, record);
  return found.kind === 'write' ? found : `${found.kind} ${found.reason.code}`;
}

const WRITE = { kind: 'write', futile: false };

describe('forward', () => {
  test.each([
    ['has the old key: it is written', readable(OLD), UNTOUCHED, WRITE],
    ['has the new key already', readable(NEW), UNTOUCHED, 'unneeded in-place'],
    ['reads back', readable(NEW), TAKEN, 'holds rotated'],
    ['reads back after doubt', readable(NEW), { ...TAKEN, accepted: false }, 'holds rotated'],
    ['has somebody else’s key', readable(OTHER), UNTOUCHED, 'failed tunnel-drifted'],
    ['has somebody else’s key after the write', readable(OTHER), TAKEN, 'failed tunnel-drifted'],
    ['shows no key: it is written', MASKED, UNTOUCHED, WRITE],
    ['shows no key, and took the write', MASKED, TAKEN, 'accepted rotated'],
    ['shows no key, and may have it', MASKED, { ...TAKEN, accepted: false }, WRITE],
    ['took the write and has the old key', readable(OLD), TAKEN, { kind: 'write', futile: true }],
    [
      'took the write and has the old key, in an answer that may be older',
      readable(OLD),
      { ...TAKEN, trusted: false },
      'unclear write-unsettled',
    ],
    ['is in doubt and has the old key', readable(OLD), { ...TAKEN, accepted: false }, WRITE],
  ] as const)('a tunnel that %s', (_, key, record, expected) => {
    expect(judged(key, record)).toEqual(expected);
  });

  test('a tunnel that keeps taking the write without effect is given up', () => {
    const record = { ...TAKEN, futile: FUTILE_LIMIT - 2 };
    expect(judged(readable(OLD), record)).toEqual({ kind: 'write', futile: true });
    expect(judged(readable(OLD), { ...TAKEN, futile: FUTILE_LIMIT - 1 })).toBe(
      'failed write-unsettled',
    );
  });
});

test('where the key before is not known, none is somebody else’s', () => {
  expect(judged(readable(OTHER), UNTOUCHED, 'apply', { before: null })).toEqual(WRITE);
});

test('a key that changed beside a step for settings alone is somebody else’s', () => {
  expect(judged(readable(OTHER), TAKEN, 'restore', { wanted: null })).toBe('failed tunnel-drifted');
  expect(judged(readable(OLD), UNTOUCHED, 'restore', { wanted: null })).toEqual(WRITE);
});

describe('backward', () => {
  test.each([
    ['reads as restored: it is written all the same', readable(OLD), UNTOUCHED, WRITE],
    ['reads as restored after the write', readable(OLD), TAKEN, 'holds rotated'],
    ['has somebody else’s key', readable(OTHER), UNTOUCHED, 'failed tunnel-drifted'],
    ['has the new key', readable(NEW), UNTOUCHED, WRITE],
  ] as const)('a tunnel that %s', (_, key, record, expected) => {
    expect(judged(key, record, 'restore')).toEqual(expected);
  });
});
