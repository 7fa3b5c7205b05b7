import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parseEvent } from '../../functions/core/command.ts';
import { readSettings } from '../../functions/rotate/settings.ts';
import { parseCron } from './cron.ts';
import { ACCOUNT, closed, readTemplate, readText } from './template.ts';
import type { Element } from './template.ts';

const LOG_KEYS = [
  'project',
  'logstore',
  'enableRequestMetrics',
  'enableInstanceMetrics',
  'logBeginRule',
];
const QUEUE = `acs:mns:cn-hangzhou:${ACCOUNT}:/queues/keyturn-failures/messages`;

function only(list: unknown): Element {
  const [first, ...rest] = list as readonly Element[];
  if (first === undefined || rest.length > 0) throw new Error('expected exactly one');
  return first;
}

/** The settings that the deployed function would read. */
function settingsOf(environment: unknown) {
  return readSettings(environment as Record<string, string>);
}

function checkTimer(config: unknown): void {
  const timer = closed(config, ['cronExpression', 'enable', 'payload']);
  expect(parseCron(timer['cronExpression'] as string)).toEqual({
    timeZone: 'Asia/Shanghai',
    fields: ['0', '30', '2', '*', '*', '*'],
  });
  expect(timer['enable']).toBe(true);
  const event = { triggerTime: '2030-01-01T18:30:00Z', triggerName: 'nightly' };
  const command = parseEvent(JSON.stringify({ ...event, payload: timer['payload'] }));
  expect(command).toMatchObject({ action: 'rotate', secrets: [], reason: 'nightly timer' });
}

describe('s.yaml', () => {
  const file = closed(readTemplate('s.yaml'), ['edition', 'name', 'access', 'vars', 'resources']);
  const resource = closed(closed(file['resources'], ['rotate'])['rotate'], [
    'component',
    'actions',
    'props',
  ]);
  const props = closed(resource['props'], [
    'region',
    'functionName',
    'description',
    'runtime',
    'code',
    'handler',
    'memorySize',
    'cpu',
    'diskSize',
    'timeout',
    'role',
    'internetAccess',
    'environmentVariables',
    'logConfig',
    'concurrencyConfig',
    'asyncInvokeConfig',
    'triggers',
  ]);
  const triggers = props['triggers'] as readonly Element[];

  test('is for the component and edition that it is written for', () => {
    expect([file['edition'], resource['component']]).toEqual(['3.0.0', 'fc3']);
    const step = only(closed(resource['actions'], ['pre-deploy'])['pre-deploy']);
    const scripts = (JSON.parse(readText('package.json')) as { scripts: Element }).scripts;
    expect(closed(step, ['run', 'path'])['run']).toBe('npm run build');
    expect(Object.keys(scripts)).toContain('build');
  });

  test('runs what the build makes of functions/rotate', () => {
    expect(props).toMatchObject({ runtime: 'nodejs20', code: './dist/rotate' });
    // The build writes dist/<folder>/index.mjs for each functions/<folder>/index.ts.
    expect(props['handler']).toBe('index.handler');
    expect(readText('functions/rotate/index.ts')).toMatch(/^export async function handler\(/m);
  });

  test('has a role that the component does not rename, with both of its documents', () => {
    const role = props['role'] as string;
    expect(role).toBe(role.toLowerCase());
    for (const kind of ['trust', 'policy']) {
      expect(() => JSON.parse(readText(`policies/${role}.${kind}.json`))).not.toThrow();
    }
  });

  test('gives the function settings that it takes', () => {
    const settings = settingsOf(
      closed(props['environmentVariables'], [
        'KEYTURN_REGION',
        'KEYTURN_SECRETS',
        'KEYTURN_LEASE_SECRET',
      ]),
    );
    expect(settings).toMatchObject({
      region: 'cn-hangzhou',
      secrets: ['keyturn/documents/*'],
      leaseSecret: 'keyturn/lease',
    });
  });

  test('the lease is not taken for a rotation document', () => {
    const { secrets, leaseSecret } = settingsOf(props['environmentVariables']);
    const prefix = (secrets[0] ?? '').replace('*', '');
    expect(leaseSecret?.startsWith(prefix)).toBe(false);
  });

  test('keeps two runs apart, and forgets an event when Keyturn would refuse it', () => {
    expect(props['concurrencyConfig']).toEqual({ reservedConcurrency: 1 });
    const settings = settingsOf(props['environmentVariables']);
    expect(props['asyncInvokeConfig']).toEqual({
      asyncTask: true,
      maxAsyncRetryAttempts: 1,
      maxAsyncEventAgeInSeconds: settings.maxTriggerAgeMs / 1000,
      destinationConfig: { onFailure: { destination: QUEUE } },
    });
  });

  test('logs one JSON document a line', () => {
    expect(closed(props['logConfig'], LOG_KEYS)['logBeginRule']).toBe('None');
  });

  test('has sizes that Function Compute has', () => {
    const { memorySize, cpu, diskSize, timeout } = props as Record<string, number>;
    expect(memorySize! % 64).toBe(0);
    // One vCPU goes with one to four GB.
    expect(memorySize! / 1024 / cpu!).toBeGreaterThanOrEqual(1);
    expect(memorySize! / 1024 / cpu!).toBeLessThanOrEqual(4);
    expect(diskSize).toBe(512);
    expect(timeout).toBeLessThanOrEqual(86_400);
  });

  test('starts by timer and by changes in KMS, and by nothing from the internet', () => {
    for (const trigger of triggers) {
      closed(trigger, ['triggerName', 'triggerType', 'qualifier', 'triggerConfig']);
      expect(trigger['qualifier']).toBe('LATEST');
    }
    expect(triggers.map((trigger) => trigger['triggerType'])).toEqual(['timer', 'eventbridge']);
    checkTimer(triggers[0]!['triggerConfig']);
  });

  test('a change that the function made itself does not start it again', () => {
    const config = closed(triggers[1]!['triggerConfig'], [
      'triggerEnable',
      'asyncInvocationType',
      'eventRuleFilterPattern',
      'eventSourceConfig',
    ]);
    expect(config['asyncInvocationType']).toBe(true);
    expect(config['eventSourceConfig']).toEqual({ eventSourceType: 'Default' });
    expect(JSON.parse(config['eventRuleFilterPattern'] as string)).toEqual({
      source: ['acs.kms'],
      type: ['kms:ActionTrail:ApiCall', 'kms:ActionTrail:ConsoleOperation'],
      data: {
        eventName: ['PutSecretValue', 'UpdateSecretVersionStage'],
        userIdentity: { userName: [{ 'anything-but': { prefix: props['role'] } }] },
      },
    });
  });

  // The component's schema is its authors' and not part of this project; it can be given as a file.
  test('keeps the component’s own schema, where it is at hand', () => {
    const file = process.env['KEYTURN_FC3_SCHEMA'];
    const schema = file === undefined ? {} : (JSON.parse(readFileSync(file, 'utf8')) as object);
    const validate = new Ajv({ strict: false }).compile(schema);
    validate(props);
    expect(validate.errors ?? []).toEqual([]);
  });
});

describe('s.fc2.yaml', () => {
  const file = closed(readTemplate('s.fc2.yaml'), [
    'edition',
    'name',
    'access',
    'vars',
    'services',
  ]);
  const service = closed(closed(file['services'], ['rotate'])['rotate'], [
    'component',
    'actions',
    'props',
  ]);
  const props = closed(service['props'], ['region', 'service', 'function', 'triggers']);
  const code = closed(props['function'], [
    'name',
    'description',
    'runtime',
    'codeUri',
    'handler',
    'memorySize',
    'timeout',
    'environmentVariables',
    'asyncConfiguration',
  ]);

  test('says the same as s.yaml in the words of 2.0', () => {
    const current = readTemplate('s.yaml');
    const props3 = (current['resources'] as { rotate: { props: Element } }).rotate.props;
    expect([file['edition'], service['component']]).toEqual(['1.0.0', 'fc']);
    expect(file['vars']).toEqual(current['vars']);
    expect(code).toMatchObject({
      runtime: props3['runtime'],
      codeUri: props3['code'],
      handler: props3['handler'],
      memorySize: props3['memorySize'],
      timeout: props3['timeout'],
      environmentVariables: props3['environmentVariables'],
    });
    expect(props['service']).toEqual({
      name: 'keyturn',
      role: `acs:ram::${ACCOUNT}:role/${String(props3['role'])}`,
      internetAccess: true,
      logConfig: props3['logConfig'],
    });
  });

  test('async runs are tasks, and failures reach the same queue', () => {
    expect(code['asyncConfiguration']).toEqual({
      statefulInvocation: true,
      maxAsyncRetryAttempts: 1,
      maxAsyncEventAgeInSeconds: settingsOf(code['environmentVariables']).maxTriggerAgeMs / 1000,
      destination: { onFailure: QUEUE },
    });
  });

  test('the same timer', () => {
    const trigger = closed(only(props['triggers']), ['name', 'type', 'qualifier', 'config']);
    expect(trigger).toMatchObject({ name: 'nightly', type: 'timer', qualifier: 'LATEST' });
    checkTimer(trigger['config']);
  });
});

describe('a cron expression', () => {
  test.each([
    'CRON_TZ=Asia/Shanghai 0 0 2 * * *',
    'CRON_TZ=UTC 0 */15 1-5 1,15 * ?',
    'CRON_TZ=Europe/Berlin 59 59 23 31 12 6',
  ])('%s', (expression) => {
    expect(() => parseCron(expression)).not.toThrow();
  });

  test.each([
    ['without a zone', '0 0 2 * * *', /no CRON_TZ/],
    ['in a zone that does not exist', 'CRON_TZ=Asia/Nowhere 0 0 2 * * *', /time zone/],
    ['with five fields', 'CRON_TZ=UTC 0 2 * * *', /5 fields/],
    ['with seven fields', 'CRON_TZ=UTC 0 0 2 * * * 2030', /7 fields/],
    ['at minute 60', 'CRON_TZ=UTC 0 60 2 * * *', /60 is not allowed/],
    ['at hour 24', 'CRON_TZ=UTC 0 0 24 * * *', /24 is not allowed/],
    ['on day 0', 'CRON_TZ=UTC 0 0 2 0 * *', /0 is not allowed/],
    ['in month 13', 'CRON_TZ=UTC 0 0 2 * 13 *', /13 is not allowed/],
    ['backwards', 'CRON_TZ=UTC 0 0 5-1 * * *', /5-1 is not allowed/],
    ['every 0 minutes', 'CRON_TZ=UTC 0 */0 2 * * *', /0 is not allowed/],
    ['in words', 'CRON_TZ=UTC 0 0 two * * *', /two is not allowed/],
  ])('%s is refused', (_name, expression, rule) => {
    expect(() => parseCron(expression)).toThrow(rule);
  });
});
