import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FC_ACTIONS, KMS_ACTIONS, VPC_ACTIONS } from '../../functions/alicloud/index.ts';
import { authorise } from '../../local/ram/evaluate.ts';
import { loadPolicy, loadTrust } from '../../local/ram/policy.ts';
import { ACCOUNT, filled, placeholdersOf, readTemplate, readText } from './template.ts';

const FILES = readdirSync(new URL('../../policies/', import.meta.url));
const POLICIES = FILES.filter((file) => file.endsWith('.policy.json'));
const VARS = readTemplate('s.yaml')['vars'] as Readonly<Record<string, string>>;

const PLACEHOLDERS = placeholdersOf(VARS);

const load = (name: string) => loadPolicy(name, filled(`${name}.policy.json`, PLACEHOLDERS));

function allows(names: readonly string[], action: string, resource: string, service?: string) {
  return authorise({
    policies: names.map(load),
    action,
    resources: [resource],
    context: service === undefined ? {} : { 'acs:Service': service },
  }).allowed;
}

const kms = (resource: string) => `acs:kms:cn-hangzhou:${ACCOUNT}:${resource}`;
const OWN = kms('secret/keyturn/documents/branch-a');
const OTHER = kms('secret/keyturn/documents/branch-b');
const FUNCTION = `acs:fc:cn-hangzhou:${ACCOUNT}:functions/keyturn-rotate`;
const CONNECTION = `acs:vpc:eu-central-1:${ACCOUNT}:vpnconnection/vco-a`;

describe('the function’s role', () => {
  test('may do what the adapters call, send failures and write logs, and nothing else', () => {
    const actions = load('keyturn-rotate').statements.flatMap((statement) => statement.actions);
    const called = [
      ...VPC_ACTIONS.map((action) => `vpc:${action}`),
      ...KMS_ACTIONS.map((action) => `kms:${action}`),
      // What is left for lack of time goes on in the function itself.
      'fc:InvokeFunction',
      'mns:SendMessage',
      'log:PostLogStoreLogs',
    ];
    expect(actions.toSorted()).toEqual(called.map((action) => action.toLowerCase()).toSorted());
  });

  test('only on Keyturn’s own secrets, queue and logs', () => {
    const role = ['keyturn-rotate'];
    for (const name of ['documents/a', 'lease']) {
      expect(allows(role, 'kms:GetSecretValue', kms(`secret/keyturn/${name}`))).toBe(true);
    }
    expect(allows(role, 'kms:GetSecretValue', kms('secret/database'))).toBe(false);
    expect(allows(role, 'kms:ListSecrets', kms('secret'))).toBe(true);
    expect(allows(role, 'vpc:ModifyTunnelAttribute', CONNECTION)).toBe(true);
    const queues = `acs:mns:cn-hangzhou:${ACCOUNT}:/queues`;
    expect(allows(role, 'mns:SendMessage', `${queues}/keyturn-failures/messages`)).toBe(true);
    expect(allows(role, 'mns:SendMessage', `${queues}/orders/messages`)).toBe(false);
  });

  test('may go on in itself, in both generations of Function Compute, and start nothing else', () => {
    const role = ['keyturn-rotate'];
    const service = `acs:fc:cn-hangzhou:${ACCOUNT}:services`;
    for (const own of [FUNCTION, `${service}/keyturn/functions/rotate`]) {
      expect(allows(role, 'fc:InvokeFunction', own)).toBe(true);
    }
    for (const other of [`${FUNCTION}-2`, `${service}/orders/functions/rotate`]) {
      expect(allows(role, 'fc:InvokeFunction', other)).toBe(false);
    }
  });
});

describe('roles of functions', () => {
  test.each(FILES.filter((file) => file.endsWith('.trust.json')))(
    '%s is for Function Compute alone, and has a policy',
    (file) => {
      const role = file.replace('.trust.json', '');
      expect(loadTrust(role, JSON.parse(readText(`policies/${file}`)))).toEqual([
        'fc.aliyuncs.com',
      ]);
      expect(POLICIES).toContain(`${role}.policy.json`);
    },
  );

  test('the dispatcher reads documents, holds the lease and starts shards; it changes no tunnel', () => {
    const role = ['keyturn-dispatch'];
    const { statements } = load('keyturn-dispatch');
    const actions = statements.flatMap((statement) => statement.actions);
    const fc = FC_ACTIONS.map((action) => `fc:${action}`.toLowerCase());
    expect(actions.filter((action) => action.startsWith('fc:')).toSorted()).toEqual(fc.toSorted());
    expect(actions.filter((action) => /^vpc:(?!describe)/.test(action))).toEqual([]);
    expect(allows(role, 'kms:PutSecretValue', kms('secret/keyturn/lease'))).toBe(true);
    expect(allows(role, 'kms:PutSecretValue', OWN)).toBe(false);
    expect(allows(role, 'fc:InvokeFunction', `${FUNCTION}-2`)).toBe(false);
    expect(allows(role, 'fc:GetAsyncTask', `${FUNCTION}/async-tasks/a`)).toBe(true);
  });

  test('the audit reads what the function reads, and may change nothing', () => {
    const { statements } = load('keyturn-audit');
    const actions = statements.flatMap((statement) => statement.actions);
    const writing = actions.filter((action) => !/^(?:kms|vpc):(?:list|get|describe)/.test(action));
    expect(writing).toEqual(['mns:sendmessage', 'log:postlogstorelogs']);
    const own = load('keyturn-rotate').statements.flatMap((statement) => statement.actions);
    expect(own).toEqual(expect.arrayContaining([...actions]));
    expect(allows(['keyturn-audit'], 'kms:GetSecretValue', OWN)).toBe(true);
    expect(allows(['keyturn-audit'], 'kms:GetSecretValue', kms('secret/keyturn/lease'))).toBe(
      false,
    );
  });
});

describe('people', () => {
  test('who runs a far end reads and acknowledges its own document only', () => {
    const role = ['keyturn-far-end'];
    for (const action of ['GetSecretValue', 'ListSecretVersionIds', 'UpdateSecretVersionStage']) {
      expect(allows(role, `kms:${action}`, OWN)).toBe(true);
      expect(allows(role, `kms:${action}`, OTHER)).toBe(false);
    }
    expect(allows(role, 'kms:PutSecretValue', OWN)).toBe(false);
  });

  test('who looks sees labels and runs, and no key', () => {
    const role = ['keyturn-operator-look'];
    expect(allows(role, 'kms:ListSecretVersionIds', OWN)).toBe(true);
    expect(allows(role, 'fc:GetAsyncTask', `${FUNCTION}/async-tasks/a`)).toBe(true);
    expect(allows(role, 'kms:GetSecretValue', OWN)).toBe(false);
    expect(allows(role, 'vpc:DescribeVpnConnections', CONNECTION)).toBe(false);
    expect(allows(role, 'fc:InvokeFunction', FUNCTION)).toBe(false);
  });

  test('who starts a run starts these functions only, and sees no key either', () => {
    const role = ['keyturn-operator-look', 'keyturn-operator-start'];
    expect(allows(role, 'fc:InvokeFunction', `${FUNCTION}/LATEST`)).toBe(true);
    expect(allows(role, 'fc:InvokeFunction', `${FUNCTION}-2`)).toBe(false);
    expect(allows(role, 'fc:UpdateFunction', FUNCTION)).toBe(false);
    expect(allows(role, 'kms:GetSecretValue', OWN)).toBe(false);
  });

  test('who deploys passes these roles to Function Compute, and passes or creates no other', () => {
    const role = ['keyturn-deployer'];
    const arn = (name: string) => `acs:ram::${ACCOUNT}:role/${name}`;
    const pass = (name: string, service: string) =>
      allows(role, 'ram:PassRole', arn(name), service);
    for (const name of ['keyturn-rotate', 'keyturn-dispatch', 'keyturn-audit']) {
      expect(pass(name, 'fc.aliyuncs.com')).toBe(true);
    }
    expect(pass('keyturn-rotate', 'ecs.aliyuncs.com')).toBe(false);
    expect(pass('admin', 'fc.aliyuncs.com')).toBe(false);
    expect(allows(role, 'ram:CreateRole', arn('keyturn-rotate'))).toBe(false);
    expect(allows(role, 'fc:UpdateFunction', FUNCTION)).toBe(true);
    expect(allows(role, 'fc:UpdateFunction', `${FUNCTION}-2`)).toBe(false);
  });
});

describe('the folder', () => {
  test('every policy names its actions and resources; only the deployer has all of one service', () => {
    for (const file of POLICIES) {
      const { statements } = loadPolicy(file, filled(file, PLACEHOLDERS));
      const wide = statements.flatMap(({ actions }) => actions.filter((one) => one.includes('*')));
      expect({ file, wide }).toEqual({
        file,
        wide: file === 'keyturn-deployer.policy.json' ? ['fc:*'] : [],
      });
      for (const { resources } of statements) {
        for (const resource of resources) expect(resource).toContain(`:${ACCOUNT}:`);
      }
    }
  });

  test('the README lists every file and every placeholder', () => {
    const readme = readText('policies/README.md');
    const listed = [...readme.matchAll(/`([a-z-]+\.(?:trust|policy)\.json)`/g)].map(
      ([, file]) => file,
    );
    expect(new Set(listed)).toEqual(new Set(FILES.filter((file) => file.endsWith('.json'))));
    for (const name of Object.keys(PLACEHOLDERS)) expect(readme).toContain(`\`\${${name}}\``);
  });
});
