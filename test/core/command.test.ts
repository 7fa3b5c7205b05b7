import fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyturnError } from '../../functions/core/codes.ts';
import { parseEvent } from '../../functions/core/command.ts';

const FIRED = '2026-11-23T23:40:00Z';
const timer = (changes: object = {}) => ({
  triggerTime: FIRED,
  triggerName: 'nightly',
  payload: '',
  ...changes,
});
const cloudEvent = (changes: object = {}) => ({
  specversion: '1.0',
  source: 'my.pipeline',
  id: 'e-1',
  time: FIRED,
  ...changes,
});
const parse = (event: unknown) => parseEvent(JSON.stringify(event));

const DIRECT = {
  action: 'rotate',
  secrets: [],
  runId: null,
  reason: null,
  ignoreWindow: false,
  trigger: 'direct',
  identity: null,
  firedAt: null,
  task: null,
  scheduled: false,
};

/** What is thrown at a text; null where it is taken. */
function refusalOf(text: string): unknown {
  try {
    parseEvent(text);
    return null;
  } catch (error) {
    return error;
  }
}

/** The detail of the error that an event gives. */
function fault(event: unknown): string {
  const error = refusalOf(typeof event === 'string' ? event : JSON.stringify(event));
  expect(error).toMatchObject({ name: 'KeyturnError', code: 'command-invalid' });
  return (error as KeyturnError).detail;
}

describe('the command itself', () => {
  test.each(['', ' \n', '{}', '{"action":"rotate"}', '{"secrets":[]}'])(
    '%j means: rotate everything',
    (text) => {
      expect(parseEvent(text)).toEqual(DIRECT);
    },
  );

  test('every field', () => {
    const command = {
      action: 'plan',
      secrets: ['psk/a', 'psk/b*'],
      runId: 'change_4711-a',
      reason: 'audit',
      ignoreWindow: true,
    };
    expect(parse(command)).toEqual({ ...DIRECT, ...command });
    expect(parse({ action: 'plan' })).toEqual({ ...DIRECT, action: 'plan' });
  });

  test('a restore of what it names', () => {
    const command = { action: 'restore', secrets: ['psk/a'] };
    expect(parse(command)).toEqual({ ...DIRECT, ...command });
  });

  test('as text in JSON', () => {
    expect(parse(JSON.stringify({ action: 'plan' }))).toEqual({ ...DIRECT, action: 'plan' });
  });

  const RUN_ID_RULE =
    'event.runId must begin with a letter or _ and have up to 100 of A-Z a-z 0-9 _ -.';
  test.each<[string, unknown, string]>([
    ['no JSON', 'rotate', 'event must be JSON.'],
    ['a number', 7, 'event must be an object.'],
    ['null', null, 'event must be an object.'],
    [
      'an unknown field',
      { action: 'plan', secret: 'x' },
      'event field 2 is not one of action, secrets, runId, reason, ignoreWindow.',
    ],
    ['another action', { action: 'audit' }, 'event.action must be one of rotate, plan, restore.'],
    [
      'an action that is null',
      { action: null },
      'event.action must be one of rotate, plan, restore.',
    ],
    ['a restore of everything', { action: 'restore' }, 'event.secrets must name what to restore.'],
    ['secrets as text', { secrets: 'psk/a' }, 'event.secrets must be a list of names.'],
    ['an empty name', { secrets: ['psk/a', ''] }, 'event.secrets[1] must be text and not empty.'],
    ['a name that is no text', { secrets: [1] }, 'event.secrets[0] must be text and not empty.'],
    ['an empty run id', { runId: '' }, RUN_ID_RULE],
    ['a run id with a digit first', { runId: '1a' }, RUN_ID_RULE],
    ['a run id with a blank', { runId: 'a b' }, RUN_ID_RULE],
    ['a run id over two lines', { runId: 'a\n' }, RUN_ID_RULE],
    ['a run id of 101', { runId: 'a'.repeat(101) }, RUN_ID_RULE],
    ['a run id that is null', { runId: null }, RUN_ID_RULE],
    [
      'a long reason',
      { reason: 'a'.repeat(501) },
      'event.reason must be text of at most 500 characters.',
    ],
    [
      'a reason that is no text',
      { reason: 1 },
      'event.reason must be text of at most 500 characters.',
    ],
    [
      'a window ignored in words',
      { ignoreWindow: 'yes' },
      'event.ignoreWindow must be true or false.',
    ],
  ])('%s is refused', (_, event, expected) => {
    expect(fault(event)).toBe(expected);
  });

  test('at the limits', () => {
    expect(parse({ runId: 'a'.repeat(100) }).runId).toHaveLength(100);
    expect(parse({ reason: 'a'.repeat(500) }).reason).toHaveLength(500);
    expect(parse({ reason: '' }).reason).toBe('');
    expect(parseEvent(' '.repeat(128 * 1024))).toEqual(DIRECT);
    expect(fault(' '.repeat(128 * 1024 + 1))).toBe('event must be at most 128 KB.');
  });
});

describe('a timer', () => {
  const origin = {
    trigger: 'timer nightly',
    identity: `timer nightly ${FIRED}`,
    firedAt: FIRED,
    scheduled: true,
  };

  test.each([{ payload: '' }, { payload: ' ' }, { payload: undefined }, { payload: null }])(
    'with %j rotates everything',
    (changes) => {
      expect(parse(timer(changes))).toEqual({ ...DIRECT, ...origin });
    },
  );

  test('with a command', () => {
    const payload = JSON.stringify({ action: 'plan', secrets: ['psk/a'] });
    expect(parse(timer({ payload }))).toEqual({
      ...DIRECT,
      ...origin,
      action: 'plan',
      secrets: ['psk/a'],
    });
  });

  test.each([
    [{ payload: {} }, 'event.payload must be text.'],
    [{ payload: 'rotate' }, 'event.payload must be JSON.'],
    [{ payload: '[]' }, 'event.payload must be an object.'],
    [
      { payload: '{"x":1}' },
      'event.payload field 1 is not one of action, secrets, runId, reason, ignoreWindow.',
    ],
    [{ triggerName: '' }, 'event.triggerName must be text and not empty.'],
    [{ triggerTime: 1 }, 'event.triggerTime must be text and not empty.'],
  ])('with %j is refused', (changes, expected) => {
    expect(fault(timer(changes))).toBe(expected);
  });

  test('half a timer is a command with unknown fields', () => {
    expect(fault({ triggerName: 'nightly' })).toMatch(/^event field 1 /);
    expect(fault({ triggerTime: FIRED })).toMatch(/^event field 1 /);
  });
});

describe('a CloudEvent', () => {
  const origin = {
    trigger: 'event my.pipeline',
    identity: 'event my.pipeline e-1',
    firedAt: FIRED,
  };

  test('carries a command, as an object or as text', () => {
    const data = { action: 'plan', secrets: ['psk/a'] };
    const expected = { ...DIRECT, ...origin, ...data };
    expect(parse(cloudEvent({ data }))).toEqual(expected);
    expect(parse(cloudEvent({ data: JSON.stringify(data) }))).toEqual(expected);
  });

  test('without data rotates everything', () => {
    expect(parse(cloudEvent())).toEqual({ ...DIRECT, ...origin });
    expect(parse(cloudEvent({ data: null }))).toEqual({ ...DIRECT, ...origin });
    expect(parse(cloudEvent({ time: 7 }))).toEqual({ ...DIRECT, ...origin, firedAt: null });
  });

  test('of a cloud service only means: look again', () => {
    const event = cloudEvent({ source: 'acs.kms', data: { action: 'plan', x: 1 } });
    expect(parse(event)).toEqual({
      ...DIRECT,
      trigger: 'event acs.kms',
      identity: 'event acs.kms e-1',
      firedAt: FIRED,
    });
    expect(fault(cloudEvent({ source: 'acsx', data: { x: 1 } }))).toMatch(/^event\.data field 1 /);
  });

  test.each([
    [{ source: '' }, 'event.source must be text and not empty.'],
    [{ id: 7 }, 'event.id must be text and not empty.'],
    [{ data: 'rotate' }, 'event.data must be JSON.'],
    [{ data: [] }, 'event.data must be an object.'],
  ])('with %j is refused', (changes, expected) => {
    expect(fault(cloudEvent(changes))).toBe(expected);
  });
});

describe('several in one delivery', () => {
  test('are one run over all that they name, each once', () => {
    expect(
      parse([
        cloudEvent({ data: { secrets: ['a', 'b'] } }),
        cloudEvent({ id: 'e-2', time: undefined, data: { secrets: ['b', 'c'], reason: 'audit' } }),
      ]),
    ).toEqual({
      ...DIRECT,
      secrets: ['a', 'b', 'c'],
      reason: 'audit',
      trigger: 'event my.pipeline',
      identity: 'event my.pipeline e-1\nevent my.pipeline e-2',
      firedAt: FIRED,
    });
  });

  test('one that names nothing means everything; one without an identity leaves none', () => {
    expect(parse([{ secrets: ['a'] }, timer()])).toMatchObject({ secrets: [], identity: null });
  });

  test('the window is ignored only where all of them say so', () => {
    const ignoring = { ignoreWindow: true };
    expect(parse([ignoring, ignoring]).ignoreWindow).toBe(true);
    expect(parse([ignoring, cloudEvent({ source: 'acs.kms' })]).ignoreWindow).toBe(false);
  });

  test.each<[unknown, string]>([
    [[], 'event must not be empty.'],
    [[{}, { action: 'plan' }], 'event must ask for one action only.'],
    [
      [{}, { x: 1 }],
      'event[1] field 1 is not one of action, secrets, runId, reason, ignoreWindow.',
    ],
    [[[[[{}]]]], 'event[0][0][0][0] is wrapped too often.'],
    [[[[{ secrets: 1 }]]], 'event[0][0][0].secrets must be a list of names.'],
    [[[cloudEvent({ data: 'x' })]], 'event[0][0].data must be JSON.'],
    [[[[cloudEvent({ data: '{}' })]]], 'event[0][0][0].data must be an object.'],
  ])('%j is refused', (event, expected) => {
    expect(fault(event)).toBe(expected);
  });
});

describe('a message of a topic or queue', () => {
  test('is opened', () => {
    const plan = { ...DIRECT, action: 'plan' };
    expect(parse({ TopicOwner: '1', Message: '{"action":"plan"}' })).toEqual(plan);
    expect(parse({ body: { action: 'plan' }, attrs: {} })).toEqual(plan);
  });

  test('faults say where', () => {
    expect(fault({ TopicOwner: '1', Message: 'x' })).toBe('event.Message must be JSON.');
    expect(fault({ body: 7, attrs: {} })).toBe('event.body must be an object.');
    expect(fault({ Message: '{}' })).toMatch(/^event field 1 /);
    expect(fault({ TopicOwner: '1' })).toMatch(/^event field 1 /);
    expect(fault({ body: '{}' })).toMatch(/^event field 1 /);
    expect(fault({ attrs: {} })).toMatch(/^event field 1 /);
  });
});

const CANARY = 'canary';
const FIELDS =
  'ignoreWindow action secrets runId reason triggerTime triggerName payload specversion source id time data';
const word = fc.constantFrom(
  ...`${FIELDS} TopicOwner Message body attrs __proto__ constructor ${CANARY}-name`.split(' '),
);
const leaf = fc.constantFrom(
  CANARY,
  `{"${CANARY}":1}`,
  `{"action":"${CANARY}"}`,
  `{"secrets":["${CANARY}",1]}`,
  'rotate',
  '',
  '{',
  'acs.kms',
  0,
  null,
  true,
);
const { event } = fc.letrec<{ event: unknown; node: unknown }>((tie) => ({
  event: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(word, tie('node'), { maxKeys: 6 }),
    tie('node').map((inner) => JSON.stringify(inner)),
  ),
  node: tie('event'),
}));

test('always: an event is read or refused, and a refusal never says what stood there', () => {
  const texts = fc.oneof(
    event.map((value) => JSON.stringify(value)),
    fc.string().map((text) => `${CANARY}${text}`),
    fc.json().map((text) => text.replaceAll('"', `"${CANARY}`)),
  );
  let refused = 0;
  fc.assert(
    fc.property(texts, (text) => {
      const error = refusalOf(text);
      refused += error === null ? 0 : 1;
      expect(error === null || error instanceof KeyturnError).toBe(true);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(CANARY);
    }),
    { numRuns: 1000 },
  );
  expect(refused).toBeGreaterThan(100);
});
