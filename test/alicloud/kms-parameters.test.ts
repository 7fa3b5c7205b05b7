/** What the secret store sends is what the vendor's own models of KMS know; its RPC client would not check. */
import * as kms from '@alicloud/kms20160120';
import { expect, test } from 'vitest';
import { KMS_ACTIONS } from '../../functions/alicloud/rpc.ts';
import * as secretAnswers from '../../functions/alicloud/secret-answers.ts';
import { createSecretStore } from '../../functions/alicloud/secret-store.ts';
import { Redacted } from '../../functions/core/redacted.ts';
import { answering } from './answers-transport.ts';

const MODELS = {
  ListSecrets: kms.ListSecretsRequest,
  ListSecretVersionIds: kms.ListSecretVersionIdsRequest,
  GetSecretValue: kms.GetSecretValueRequest,
  PutSecretValue: kms.PutSecretValueRequest,
  UpdateSecretVersionStage: kms.UpdateSecretVersionStageRequest,
};

test('every parameter of every call is one of its model', async () => {
  const transport = answering({ kind: 'ok', body: {} });
  const store = createSecretStore(transport, 'cn-hangzhou', () => secretAnswers);
  const data = new Redacted('example-psk-1');
  await store.listNames(1);
  await store.listVersions('n');
  await store.readVersion('n', 'v1');
  await store.readLabelled('n', 'ACSCurrent');
  await store.putVersion({ name: 'n', versionId: 'v2', data, labels: ['KeyturnNext'] });
  await store.moveLabel({ name: 'n', label: 'ACSCurrent', from: 'v1', to: 'v2' });
  const called = transport.calls.map(({ action }) => action);
  expect([...new Set(called)].toSorted()).toEqual([...KMS_ACTIONS].toSorted());
  for (const { action, body } of transport.calls) {
    const known = Object.values(MODELS[action as keyof typeof MODELS].names());
    expect(known).toEqual(expect.arrayContaining(Object.keys(body ?? {})));
  }
});
