import { expect, test } from 'vitest';
import { steadyClock } from '../../functions/rotate/system.ts';

/** A machine whose clock can be set while time passes. */
function machine() {
  const time = { wall: 1_000_000, uptime: 50 };
  const clock = steadyClock(
    () => time.wall,
    () => time.uptime,
  );
  const pass = (ms: number): void => {
    time.wall += ms;
    time.uptime += ms;
  };
  return { time, clock, pass };
}

test('tells what the machine tells', () => {
  const { clock, pass } = machine();
  expect(clock.now()).toBe(1_000_000);
  pass(2_500);
  expect(clock.now()).toBe(1_002_500);
});

test('goes on where the machine’s clock is set back', () => {
  const { time, clock, pass } = machine();
  pass(1_000);
  time.wall -= 3_600_000;
  expect(clock.now()).toBe(1_001_000);
  pass(500);
  expect(clock.now()).toBe(1_001_500);
});

test('jumps ahead with the machine’s clock, as after a standstill, and never back again', () => {
  const { time, clock, pass } = machine();
  time.wall += 60_000;
  expect(clock.now()).toBe(1_060_000);
  time.wall -= 60_000;
  pass(100);
  expect(clock.now()).toBe(1_060_100);
});
