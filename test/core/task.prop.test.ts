import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyturnError } from '../../functions/core/codes.ts';
import { parseEvent } from '../../functions/core/command.ts';
import { taskEvent } from '../../functions/core/task.ts';
import type { Task } from '../../functions/core/task.ts';

const id = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]{0,40}$/);
const words = fc.string({ minLength: 1, maxLength: 60 });
const shard = fc.record({
  taskId: id,
  leaseHolder: fc.option(words),
  rateShare: fc
    .array(
      fc.tuple(
        fc.stringMatching(/^[a-z]{2}-[a-z]{1,12}$/),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
      ),
    )
    .map((pairs) => new Map(pairs)),
  canaryPassed: fc.boolean(),
});
const task: fc.Arbitrary<Task> = fc.record({
  continuation: fc.nat(50),
  trigger: words,
  firedAt: words,
  shard: fc.option(shard),
});
const command = fc.record({
  action: fc.constantFrom('rotate' as const, 'restore' as const),
  secrets: fc.array(words, { minLength: 1, maxLength: 5 }),
  runId: id,
  reason: fc.option(words),
  ignoreWindow: fc.boolean(),
});

test('a task arrives as it was sent', () => {
  fc.assert(
    fc.property(command, task, (command, task) => {
      const event = taskEvent(command, task);
      expect(parseEvent(event)).toEqual({
        ...command,
        trigger: task.trigger,
        firedAt: task.firedAt,
        identity: null,
        scheduled: false,
        task,
      });
    }),
  );
});

const EVENT = JSON.parse(
  taskEvent(
    { action: 'rotate', secrets: ['a'], runId: 'run_1', reason: null, ignoreWindow: false },
    {
      continuation: 1,
      trigger: 'timer nightly',
      firedAt: '2026-01-01T00:00:00Z',
      shard: {
        taskId: 'run_1_s0',
        leaseHolder: 'run_1 n',
        rateShare: new Map([['cn-hangzhou', 0.5]]),
        canaryPassed: true,
      },
    },
  ),
) as { task: { shard: object } };

const changed = (fields: object): object => ({ ...EVENT, task: { ...EVENT.task, ...fields } });
const shardChanged = (fields: object): object =>
  changed({ shard: { ...EVENT.task.shard, ...fields } });

test.each([
  ['a count that is none', changed({ continuation: -1 })],
  ['a field that nobody knows', changed({ psk: 'x' })],
  ['no trigger', changed({ trigger: '' })],
  ['a task id with blanks', shardChanged({ taskId: 'a b' })],
  ['a share of nothing', shardChanged({ rateShare: { 'cn-hangzhou': 0 } })],
  ['a share of more than all', shardChanged({ rateShare: { 'cn-hangzhou': 1.1 } })],
  ['a canary that is text', shardChanged({ canaryPassed: 'yes' })],
  ['no run id', { ...EVENT, runId: undefined }],
  [
    'a task in a timer’s payload',
    { triggerTime: '2026-01-01T00:00:00Z', triggerName: 'n', payload: JSON.stringify(EVENT) },
  ],
  ['a task in a list', [EVENT]],
  ['a task in an event of the bus', { specversion: '1.0', source: 'own', id: '1', data: EVENT }],
])('%s is refused', (_name, event) => {
  expect(() => parseEvent(JSON.stringify(event))).toThrow(KeyturnError);
});
