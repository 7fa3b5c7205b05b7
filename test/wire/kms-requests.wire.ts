import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Redacted } from '../../functions/core/redacted.ts';
import { json, onlyRequestOf, startCaptureServer } from './capture-server.ts';
import type { CaptureServer, Captured } from './capture-server.ts';
import { CREDENTIALS, cloudsAt } from './clouds.ts';
import { CANARY } from './sample-writes.ts';

let server: CaptureServer;
beforeEach(async () => {
  server = await startCaptureServer();
});
afterEach(() => server.close());

const onlyRequest = (): Captured => onlyRequestOf(server);

const put = {
  name: 'vpn/psk+a b',
  versionId: 'v-2',
  data: new Redacted(CANARY),
  labels: ['KeyturnNext', 'KeyturnBefore'],
};

describe('PutSecretValue', () => {
  test('has the common parameters in the query and its own in a form body', async () => {
    const { secrets } = cloudsAt(server.endpoint);
    await expect(secrets.putVersion(put)).resolves.toEqual({ kind: 'ok', value: null });
    const { method, path, query, form, headers } = onlyRequest();
    expect({ method, path }).toEqual({ method: 'POST', path: '/' });
    expect(query).toEqual({
      Action: 'PutSecretValue',
      Format: 'json',
      Version: '2016-01-20',
      Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u),
      SignatureNonce: expect.any(String),
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      AccessKeyId: CREDENTIALS.accessKeyId,
      Signature: expect.any(String),
    });
    expect(form).toEqual({
      SecretName: 'vpn/psk+a b',
      VersionId: 'v-2',
      SecretData: CANARY,
      SecretDataType: 'text',
      VersionStages: '["KeyturnNext","KeyturnBefore"]',
    });
    expect(headers).toMatchObject({
      'x-acs-action': 'PutSecretValue',
      'x-acs-version': '2016-01-20',
      'content-type': 'application/x-www-form-urlencoded',
    });
  });

  test('carries the largest secret, which no URL could', async () => {
    const data = new Redacted('%'.repeat(30_720));
    const { secrets } = cloudsAt(server.endpoint);
    await expect(secrets.putVersion({ ...put, data })).resolves.toEqual({
      kind: 'ok',
      value: null,
    });
    expect(onlyRequest().form['SecretData']).toHaveLength(30_720);
  });
});

test('a security token is sent with the query', async () => {
  const credentials = () => ({ ...CREDENTIALS, securityToken: 'example-token' });
  const { secrets } = cloudsAt(server.endpoint, { credentials });
  await secrets.moveLabel({ name: 'n', label: 'ACSCurrent', to: 'v-2' });
  expect(onlyRequest().query['SecurityToken']).toBe('example-token');
});

describe('the other actions', () => {
  test('ListSecrets asks for one page of names', async () => {
    const Secret = [{ SecretName: 'vpn/a' }, { SecretName: 'mail' }];
    server.reply = json(200, { RequestId: 'R-1', TotalCount: 104, SecretList: { Secret } });
    const { secrets } = cloudsAt(server.endpoint);
    const names = await secrets.listNames(2);
    expect(names).toEqual({ kind: 'ok', value: { items: ['vpn/a', 'mail'], totalCount: 104 } });
    expect(onlyRequest().form).toEqual({ PageNumber: '2', PageSize: '100' });
  });

  test('ListSecretVersionIds asks for unlabelled versions too', async () => {
    server.reply = json(200, {
      RequestId: 'R-1',
      TotalCount: 2,
      VersionIds: {
        VersionId: [
          {
            VersionId: 'v-2',
            CreateTime: '2026-01-01T00:00:01Z',
            VersionStages: { VersionStage: ['ACSCurrent'] },
          },
          { VersionId: 'v-1', CreateTime: '2026-01-01T00:00:00Z' },
        ],
      },
    });
    const versions = await cloudsAt(server.endpoint).secrets.listVersions('n');
    expect(versions).toEqual({
      kind: 'ok',
      value: [
        { versionId: 'v-2', labels: ['ACSCurrent'], createdAt: Date.UTC(2026, 0, 1, 0, 0, 1) },
        { versionId: 'v-1', labels: [], createdAt: Date.UTC(2026, 0, 1) },
      ],
    });
    expect(onlyRequest().form).toMatchObject({ SecretName: 'n', IncludeDeprecated: 'true' });
  });

  test('GetSecretValue names the version, and another version in the answer is no answer', async () => {
    server.reply = json(200, { RequestId: 'R-1', VersionId: 'v-1', SecretData: CANARY });
    const { secrets } = cloudsAt(server.endpoint);
    const read = await secrets.readVersion('n', 'v-1');
    expect(read.kind === 'ok' && read.value.equals(new Redacted(CANARY))).toBe(true);
    expect(onlyRequest().form).toEqual({ SecretName: 'n', VersionId: 'v-1' });
    await expect(secrets.readVersion('n', 'v-2')).resolves.toMatchObject({
      kind: 'unknown',
      error: { code: 'Network.Unparsable' },
    });
  });

  test.each([
    [{ to: 'v-2' }, { MoveToVersion: 'v-2' }],
    [{ from: 'v-1' }, { RemoveFromVersion: 'v-1' }],
    [
      { from: 'v-1', to: 'v-2' },
      { RemoveFromVersion: 'v-1', MoveToVersion: 'v-2' },
    ],
  ])('UpdateSecretVersionStage %o', async (ends, parameters) => {
    await cloudsAt(server.endpoint).secrets.moveLabel({ name: 'n', label: 'KeyturnNext', ...ends });
    const { query, form } = onlyRequest();
    expect(query['Action']).toBe('UpdateSecretVersionStage');
    expect(form).toEqual({ SecretName: 'n', VersionStage: 'KeyturnNext', ...parameters });
  });
});
