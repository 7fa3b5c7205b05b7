import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDefinition } from '../../../local/fc/definition.ts';
import { describeFunction } from '../../../local/fc/function.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-definition-'));
  writeFileSync(join(folder, 'index.mjs'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const QUEUE = 'acs:mns:cn-hangzhou:1234567890123456:/queues/failures/messages';
const FULL = {
  region: 'cn-hangzhou',
  functionName: 'rotate',
  description: 'x',
  runtime: 'nodejs20',
  code: '.',
  handler: 'index.handler',
  memorySize: 256,
  cpu: 0.25,
  diskSize: 512,
  timeout: 3600,
  role: 'acs:ram::1234567890123456:role/rotate',
  internetAccess: true,
  environmentVariables: { A: 'b' },
  logConfig: { project: 'p', logstore: 's', logBeginRule: 'None' },
  concurrencyConfig: { reservedConcurrency: 1 },
  asyncInvokeConfig: {
    asyncTask: true,
    maxAsyncRetryAttempts: 1,
    maxAsyncEventAgeInSeconds: 21_600,
    destinationConfig: { onFailure: { destination: QUEUE } },
  },
};

test('the props of s.yaml are read as they are', () => {
  const { settings } = readDefinition(FULL, folder);
  expect(describeFunction(settings)).toEqual({
    name: 'rotate',
    bundlePath: join(folder, 'index.mjs'),
    handlerExport: 'handler',
    timeoutSeconds: 3600,
    memoryMb: 256,
    env: { A: 'b' },
    roleName: 'rotate',
    qualifiers: ['LATEST'],
    reservedConcurrency: 1,
    maxAsyncRetryAttempts: 1,
    maxAsyncEventAgeInSeconds: 21_600,
    asyncTask: true,
    logStore: 'project/p/logstore/s',
    onSuccess: null,
    onFailure: QUEUE,
  });
});

describe('is refused', () => {
  const trigger = (triggerType: string, triggerConfig: object) => ({
    triggers: [{ triggerName: 't', triggerType, triggerConfig }],
  });
  test.each([
    [{ reservedConcurency: 1 }, 'function: reservedConcurency is not supported'],
    [{ functionName: 7 }, 'function.functionName must be text'],
    [{ runtime: 'nodejs22' }, 'runtime must be one of'],
    [{ handler: 'other.handler' }, 'code has no file for its handler'],
    [{ handler: 'handler' }, 'handler must be file.export'],
    [{ timeout: '60' }, 'timeoutSeconds must be a number'],
    [{ environmentVariables: { A: 1 } }, 'environmentVariables.A must be text'],
    [{ asyncInvokeConfig: { retries: 1 } }, 'retries is not supported'],
    [trigger('http', {}), 'triggerType must be timer or eventbridge'],
    [trigger('timer', {}), 'cronExpression must be text'],
    [trigger('timer', { cronExpression: '30 2 * * *' }), 'cronExpression must have six fields'],
    [{ logConfig: { project: 'p' } }, 'logConfig.logstore must be text'],
    [trigger('eventbridge', { eventRuleFilterPattern: '{}' }), 'asyncInvocationType must be true'],
  ])('%j', (change, message) => {
    expect(() => readDefinition({ ...FULL, ...change }, folder)).toThrow(message);
  });
});

test.each([
  [{ memoryMb: 100 }, 'memory must be from 128'],
  [{ memoryMb: 129 }, 'steps of 64 MB'],
  [{ timeoutSeconds: 0 }, 'timeout must be from 1'],
  [{ maxAsyncRetryAttempts: 9 }, 'retries must be from 0 to 8'],
  [{ env: { FC_X: '1' } }, 'FC_X cannot be set'],
  [{ env: { A: 'x'.repeat(5_000) } }, 'environment over 4 KB'],
])('what the service would refuse: %j', (settings, message) => {
  expect(() => describeFunction({ name: 'f', ...settings })).toThrow(message);
});
