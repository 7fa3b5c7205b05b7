import { expect, test } from 'vitest';
import { LaneLock } from '../../functions/run/lane-lock.ts';

const pass = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A lane, and work on it that ends when it is told to. */
function world() {
  const lane = new LaneLock();
  const story: string[] = [];
  const ends = new Map<string, () => void>();
  const hold = (name: string): Promise<void> =>
    lane.do(async () => {
      story.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      story.push(`${name} ends`);
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await pass();
  };
  const group = (name: string): void =>
    lane.queueGroup(() => {
      story.push(`${name} begun`);
      void hold(name);
      return true;
    });
  return { lane, story, hold, end, group };
}

test('a group is begun when the lane falls idle, not before', async () => {
  const { lane, story, end, group } = world();
  group('a');
  group('b');
  await pass();
  expect(story).toEqual(['a begun', 'a']);
  await end('a');
  expect(story).toEqual(['a begun', 'a', 'a ends', 'b begun', 'b']);
  expect(lane.quiet).toBe(false);
  await end('b');
  expect(lane.quiet).toBe(true);
});

test('later steps have their turn when every group was begun', async () => {
  const { lane, story, hold, end, group } = world();
  group('a');
  group('b');
  group('c');
  await pass();
  await end('a');
  void lane.turn().then(() => hold('a, second step'));
  await end('b');
  await end('c');
  expect(story.filter((line) => !line.endsWith('ends'))).toEqual([
    'a begun',
    'a',
    'b begun',
    'b',
    'c begun',
    'c',
    'a, second step',
  ]);
});

test('where there is nothing to begin, the next one is', async () => {
  const { lane, story, group } = world();
  lane.queueGroup(() => {
    story.push('nothing');
    return false;
  });
  group('b');
  await pass();
  expect(story).toEqual(['nothing', 'b begun', 'b']);
});

test('whoever waits for something else lets the next one go first', async () => {
  const { lane, story, hold, group } = world();
  lane.queueGroup(() => true);
  group('b');
  await pass();
  expect(story).toEqual([]);
  lane.passOn();
  await pass();
  expect(story).toEqual(['b begun', 'b']);
  void hold('a');
  await pass();
  expect(story).toEqual(['b begun', 'b']);
});

test('idle is told once nobody is left, not between two', async () => {
  const { lane, end, group } = world();
  let idle = 0;
  lane.onIdle = () => {
    idle += 1;
  };
  group('a');
  group('b');
  await pass();
  await end('a');
  expect(idle).toBe(0);
  await end('b');
  expect(idle).toBe(1);
});
