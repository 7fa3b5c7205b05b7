import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { readAuditSettings } from '../../functions/audit/settings.ts';
import { parseEvent } from '../../functions/core/command.ts';
import { readSettings } from '../../functions/rotate/settings.ts';
import { parseCron } from './cron.ts';
import { ACCOUNT, closed, readTemplate, readText } from './template.ts';
import type { Element, Variables } from './template.ts';

const LOG_KEYS = [
  'project',
  'logstore',
  'enableRequestMetrics',
  'enableInstanceMetrics',
  'logBeginRule',
];
const PROPS = [
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
  'asyncInvokeConfig',
  'triggers',
];
const QUEUE = `acs:mns:cn-hangzhou:${ACCOUNT}:/queues/keyturn-failures/messages`;
const BASE = ['KEYTURN_REGION', 'KEYTURN_SECRETS'];
const ROTATE_ENV = [
  ...BASE,
  'KEYTURN_LEASE_SECRET',
  'KEYTURN_WINDOW',
  'KEYTURN_JITTER_SECONDS',
  'MALLOC_ARENA_MAX',
];
const AUDIT_ENV = [...BASE, 'KEYTURN_AUDIT_BASELINES', 'KEYTURN_AUDIT_MAX_AGE_DAYS'];

function only(list: unknown): Element {
  const [first, ...rest] = list as readonly Element[];
  if (first === undefined || rest.length > 0) throw new Error('expected exactly one');
  return first;
}

/** The settings that the deployed function would read. */
const settingsOf = (environment: unknown) => readSettings(environment as Variables);

/** A timer's schedule, and the command that its event carries. */
function timerOf(config: unknown, name: string) {
  const timer = closed(config, ['cronExpression', 'enable', 'payload']);
  const event = { triggerTime: '2030-01-01T18:30:00Z', triggerName: name };
  return {
    cron: parseCron(timer['cronExpression'] as string),
    enabled: timer['enable'],
    command: parseEvent(JSON.stringify({ ...event, payload: timer['payload'] })),
  };
}

const NIGHTLY = {
  cron: { timeZone: 'Asia/Shanghai', fields: ['0', '30', '2', '*', '*', '*'] },
  enabled: true,
  command: { action: 'rotate', secrets: [], reason: 'nightly timer', ignoreWindow: false },
};
const WEEKLY = {
  cron: { timeZone: 'Asia/Shanghai', fields: ['0', '0', '8', '*', '*', '1'] },
  enabled: true,
  command: { secrets: [], reason: 'weekly timer' },
};

/** The functions of a file for FC 3.0, by their name in it. */
function resourcesOf(path: string): ReadonlyMap<string, { resource: Element; props: Element }> {
  const file = closed(readTemplate(path), ['edition', 'name', 'access', 'vars', 'resources']);
  return new Map(
    Object.entries(file['resources'] as Record<string, unknown>).map(([name, value]) => {
      const resource = closed(value, ['component', 'actions', 'props']);
      return [name, { resource, props: resource['props'] as Element }];
    }),
  );
}

describe('s.yaml', () => {
  const file = readTemplate('s.yaml');
  const functions = resourcesOf('s.yaml');
  const rotate = closed(functions.get('rotate')?.props, [...PROPS, 'concurrencyConfig']);
  const audit = closed(functions.get('audit')?.props, PROPS);
  const all = [...functions].map(([name, { resource, props }]) => ({ name, resource, props }));

  test('is for the edition that it is written for', () => {
    expect(file['edition']).toBe('3.0.0');
    expect([...functions.keys()]).toEqual(['rotate', 'audit']);
  });

  describe.each(all)('$name', ({ name, resource, props }) => {
    test('is built before it is deployed, by a script that exists', () => {
      expect(resource['component']).toBe('fc3');
      const step = only(closed(resource['actions'], ['pre-deploy'])['pre-deploy']);
      const { scripts } = JSON.parse(readText('package.json')) as { scripts: Element };
      expect(closed(step, ['run', 'path'])['run']).toBe('npm run build');
      expect(Object.keys(scripts)).toContain('build');
    });

    test('runs what the build makes of its folder', () => {
      expect(props).toMatchObject({
        functionName: `keyturn-${name}`,
        runtime: 'nodejs20',
        code: `./dist/${name}`,
        handler: 'index.handler',
      });
      // The build writes dist/<folder>/index.js for each functions/<folder>/index.ts.
      expect(readText(`functions/${name}/index.ts`)).toMatch(/^export async function handler\(/m);
    });

    test('has a role that the component does not rename, with both of its documents', () => {
      const role = props['role'] as string;
      expect(role).toBe(role.toLowerCase());
      for (const kind of ['trust', 'policy']) {
        expect(existsSync(new URL(`../../policies/${role}.${kind}.json`, import.meta.url))).toBe(
          true,
        );
      }
    });

    test('forgets an event when Keyturn would refuse it, and reports failures to the queue', () => {
      expect(props['asyncInvokeConfig']).toEqual({
        asyncTask: true,
        maxAsyncRetryAttempts: 1,
        maxAsyncEventAgeInSeconds: settingsOf({}).maxTriggerAgeMs / 1000,
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

    test('is started by nothing from the internet', () => {
      for (const trigger of props['triggers'] as readonly Element[]) {
        closed(trigger, ['triggerName', 'triggerType', 'qualifier', 'triggerConfig']);
        expect(trigger['qualifier']).toBe('LATEST');
        expect(['timer', 'eventbridge']).toContain(trigger['triggerType']);
      }
    });

    // The component's schema is its authors' and not part of this project; it can be given as a file.
    test('keeps the component’s own schema, where it is at hand', () => {
      const schemaFile = process.env['KEYTURN_FC3_SCHEMA'];
      const text = schemaFile === undefined ? '{}' : readFileSync(schemaFile, 'utf8');
      const validate = new Ajv({ strict: false }).compile(JSON.parse(text) as object);
      validate(props);
      expect(validate.errors ?? []).toEqual([]);
    });
  });

  test('gives the functions settings that they take', () => {
    const environment = closed(rotate['environmentVariables'], ROTATE_ENV);
    expect(settingsOf(environment)).toMatchObject({
      region: 'cn-hangzhou',
      secrets: ['keyturn/documents/*'],
      leaseSecret: 'keyturn/lease',
      window: null,
      jitterMs: 0,
    });
    const judged = closed(audit['environmentVariables'], AUDIT_ENV) as Variables;
    expect(settingsOf(judged)).toMatchObject({ secrets: ['keyturn/documents/*'] });
    expect(readAuditSettings(judged)).toEqual(readAuditSettings({}));
  });

  test('takes window and jitter from the environment of who deploys', () => {
    const window = 'Sat,Sun 01:00-05:00 Asia/Shanghai';
    const env = { KEYTURN_WINDOW: window, KEYTURN_JITTER_SECONDS: '300' };
    const { resources } = readTemplate('s.yaml', env) as {
      resources: { rotate: { props: Element } };
    };
    const settings = settingsOf(resources.rotate.props['environmentVariables']);
    expect(settings).toMatchObject({ window: { text: window }, jitterMs: 300_000 });
  });

  test('the lease is not taken for a rotation document', () => {
    const { secrets, leaseSecret } = settingsOf(rotate['environmentVariables']);
    const prefix = (secrets[0] ?? '').replace('*', '');
    expect(leaseSecret?.startsWith(prefix)).toBe(false);
  });

  test('keeps two runs of what writes apart', () => {
    expect(rotate['concurrencyConfig']).toEqual({ reservedConcurrency: 1 });
  });

  const triggers = rotate['triggers'] as readonly Element[];

  test('rotates every night and audits every week', () => {
    expect(timerOf(triggers[0]?.['triggerConfig'], 'nightly')).toMatchObject(NIGHTLY);
    expect(timerOf(only(audit['triggers'])['triggerConfig'], 'weekly')).toMatchObject(WEEKLY);
  });

  test('hears of changes of documents, and not of what the function or its lease writes', () => {
    const config = closed(triggers[1]?.['triggerConfig'], [
      'triggerEnable',
      'asyncInvocationType',
      'eventRuleFilterPattern',
      'eventSourceConfig',
    ]);
    // Off until the owner has seen that the filter below reads what their account sends.
    expect(config['triggerEnable']).toBe(false);
    expect(config['asyncInvocationType']).toBe(true);
    expect(config['eventSourceConfig']).toEqual({ eventSourceType: 'Default' });
    expect(JSON.parse(config['eventRuleFilterPattern'] as string)).toEqual({
      source: ['acs.kms'],
      type: ['kms:ActionTrail:ApiCall', 'kms:ActionTrail:ConsoleOperation'],
      data: {
        eventName: ['PutSecretValue', 'UpdateSecretVersionStage'],
        referencedResources: { 'ACS::KMS::Secret': [{ prefix: 'keyturn/documents/' }] },
        userIdentity: { userName: [{ 'anything-but': { prefix: rotate['role'] } }] },
      },
    });
  });
});

describe('s.large.yaml', () => {
  const small = resourcesOf('s.yaml');
  const large = resourcesOf('s.large.yaml');
  const dispatch = closed(large.get('dispatch')?.props, [...PROPS, 'concurrencyConfig']);
  const rotate = large.get('rotate')?.props ?? {};

  test('has one function more, and the others as they are', () => {
    expect([...large.keys()]).toEqual([...small.keys(), 'dispatch']);
    expect(large.get('audit')).toEqual(small.get('audit'));
    const { concurrencyConfig: _many, triggers: _off, ...rest } = rotate;
    const { concurrencyConfig: _one, triggers: _on, ...same } = small.get('rotate')?.props ?? {};
    expect(rest).toEqual(same);
  });

  test('what a trigger starts is one at a time; the shards are as many as are handed out', () => {
    expect(dispatch['concurrencyConfig']).toEqual({ reservedConcurrency: 1 });
    const environment = closed(dispatch['environmentVariables'], [
      ...BASE,
      'KEYTURN_LEASE_SECRET',
      'KEYTURN_JITTER_SECONDS',
      'KEYTURN_FC_FUNCTION',
      'KEYTURN_SHARDS_MAX',
    ]);
    const { shardsMax, fcFunction, leaseSecret } = settingsOf(environment);
    expect(rotate['concurrencyConfig']).toEqual({ reservedConcurrency: shardsMax });
    expect(fcFunction).toBe(rotate['functionName']);
    const { leaseSecret: theirs } = settingsOf(rotate['environmentVariables']);
    expect(leaseSecret).toBe(theirs);
  });

  test('is started as the small form is, and the small form’s triggers are off', () => {
    const on = small.get('rotate')?.props['triggers'];
    expect(dispatch['triggers']).toEqual(on);
    const off = (rotate['triggers'] as readonly Element[]).map((trigger) => {
      const { enable, triggerEnable } = trigger['triggerConfig'] as Element;
      return [trigger['triggerName'], enable ?? triggerEnable];
    });
    expect(off).toEqual(
      (on as readonly Element[]).map((trigger) => [trigger['triggerName'], false]),
    );
  });

  test('is built, logs, forgets and reports failures as rotate does', () => {
    const props = small.get('rotate')?.props ?? {};
    for (const name of ['runtime', 'handler', 'logConfig', 'asyncInvokeConfig', 'timeout']) {
      expect(dispatch[name]).toEqual(props[name]);
    }
    expect(dispatch['code']).toBe('./dist/dispatch');
    expect(readText('functions/dispatch/index.ts')).toMatch(/^export async function handler\(/m);
    expect(
      existsSync(new URL('../../policies/keyturn-dispatch.policy.json', import.meta.url)),
    ).toBe(true);
  });
});

describe('s.fc2.yaml', () => {
  const file = closed(readTemplate('s.fc2.yaml'), [
    'edition',
    'name',
    'access',
    'vars',
    'resources',
  ]);
  const current = resourcesOf('s.yaml');
  const names = Object.keys(file['resources'] as Element);
  const OWN: Readonly<Record<string, { service: string; environment: Element }>> = {
    rotate: { service: 'keyturn', environment: { KEYTURN_FC_FUNCTION: 'keyturn/rotate' } },
    audit: { service: 'keyturn-audit', environment: {} },
  };

  test('has the same functions and variables as s.yaml', () => {
    expect(names).toEqual([...current.keys()]);
    expect(file['edition']).toBe('3.0.0');
    expect(file['vars']).toEqual(readTemplate('s.yaml')['vars']);
  });

  test.each(names)('%s says the same in the words of 2.0', (name) => {
    const resource = closed((file['resources'] as Element)[name], [
      'component',
      'actions',
      'props',
    ]);
    const props = closed(resource['props'], ['region', 'service', 'function', 'triggers']);
    const props3 = current.get(name)?.props ?? {};
    const own = OWN[name]!;
    expect(resource['component']).toBe('fc');
    expect(props['service']).toEqual({
      name: own.service,
      role: `acs:ram::${ACCOUNT}:role/${String(props3['role'])}`,
      internetAccess: true,
      logConfig: props3['logConfig'],
    });
    expect(props['function']).toEqual({
      name,
      description: props3['description'],
      runtime: props3['runtime'],
      codeUri: props3['code'],
      handler: props3['handler'],
      memorySize: props3['memorySize'],
      timeout: props3['timeout'],
      environmentVariables: {
        ...(props3['environmentVariables'] as Element),
        ...own.environment,
      },
      asyncConfiguration: {
        statefulInvocation: true,
        maxAsyncRetryAttempts: 1,
        maxAsyncEventAgeInSeconds: settingsOf({}).maxTriggerAgeMs / 1000,
        destination: { onFailure: QUEUE },
      },
    });
    const trigger = closed(only(props['triggers']), ['name', 'type', 'qualifier', 'config']);
    expect(trigger).toMatchObject({ type: 'timer', qualifier: 'LATEST' });
    const [timer] = props3['triggers'] as readonly Element[];
    expect([trigger['name'], trigger['config']]).toEqual([
      timer?.['triggerName'],
      timer?.['triggerConfig'],
    ]);
  });
});
