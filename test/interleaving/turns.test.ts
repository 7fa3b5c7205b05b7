import { describe, expect, test } from 'vitest';
import { TIMEOUT_MS } from '../simulation/transport.ts';
import { Turns } from './turns.ts';
import type { Side } from './turns.ts';

/** Two processes of three calls each; who made each call, in order. */
async function orderOf(preemptions: readonly number[]): Promise<string> {
  const turns = new Turns(preemptions, () => 0);
  const order: Side[] = [];
  const process = async (side: Side): Promise<void> => {
    for (let call = 0; call < 3; call += 1) {
      await turns.admit(side);
      order.push(side);
    }
    turns.end(side);
  };
  await Promise.all([process(0), process(1)]);
  expect(turns.calls).toBe(6);
  return order.join('');
}

describe('turns', () => {
  test('without a preemption one process ends before the other begins', async () => {
    expect(await orderOf([])).toBe('000111');
  });

  test('a preemption takes the turn right before the call it names', async () => {
    expect(await orderOf([0])).toBe('111000');
    expect(await orderOf([2])).toBe('001110');
    expect(await orderOf([1, 2])).toBe('010011');
  });

  test('one that comes when the other has ended changes nothing', async () => {
    expect(await orderOf([4])).toBe('000111');
  });

  test('a call that was held back for longer than its sender waits is not made', async () => {
    let now = 0;
    const turns = new Turns([], () => now);
    const late = turns.admit(1);
    now = TIMEOUT_MS;
    turns.end(0);
    expect(await late).toBe(false);
  });
});
