/** Listing names, versions and gateways: where it ends, and what it repeats. */
import { expect, test } from 'vitest';
import * as secretAnswers from '../../functions/alicloud/secret-answers.ts';
import { createSecretStore } from '../../functions/alicloud/secret-store.ts';
import { createVpnApi } from '../../functions/alicloud/vpn-api.ts';
import { parseDocument } from '../../functions/core/parse-document.ts';
import type { VpnGateway } from '../../functions/core/fleet.ts';
import type { SecretStore } from '../../functions/ports/secret-store.ts';
import { RUN_DEFAULTS } from '../../functions/run/context.ts';
import type { Run } from '../../functions/run/context.ts';
import { PAGE_SIZE, namesWith, readAll } from '../../functions/run/pages.ts';
import { VirtualClock } from '../../local/clock.ts';
import { Cloud } from '../../local/cloud.ts';
import { Prng } from '../../local/prng.ts';
import { answering } from '../alicloud/answers-transport.ts';
import { clockOf, randomOf } from '../simulation/ports.ts';
import { Life, simulatedTransport } from '../simulation/transport.ts';

const REGION = 'cn-hangzhou';

function runWith(secrets: SecretStore, clock: VirtualClock): Run {
  return {
    ports: {
      clock: clockOf(clock, new Life(0)),
      random: randomOf(new Prng(1)),
      log: { event: () => undefined },
      vpn: createVpnApi(answering({ kind: 'ok', body: {} }), { tunnelOptionsInBody: false }),
      secrets,
      invoker: null,
    },
    options: RUN_DEFAULTS,
    runId: 'run',
    nonce: '0'.repeat(32),
    parseDocument,
    lease: null,
  };
}

test('a listing that gives the same page for ever, and a total that is never reached, ends', async () => {
  const clock = new VirtualClock({ startMs: 0, drive: 'auto' });
  const SecretList = { Secret: [{ SecretName: 'vpn/a' }, { SecretName: 'mail' }] };
  const body = { RequestId: 'R-1', TotalCount: 9e9, SecretList };
  const secrets = createSecretStore(answering({ kind: 'ok', body }), REGION, () => secretAnswers);
  const listed = await namesWith(runWith(secrets, clock), 'vpn/');
  expect(listed).toEqual({ kind: 'ok', value: ['vpn/a'] });
});

test('so does one of versions', async () => {
  const CreateTime = '2026-01-01T00:00:00Z';
  const VersionIds = { VersionId: [{ VersionId: 'v1', CreateTime }] };
  const body = { RequestId: 'R-1', TotalCount: 9e9, VersionIds };
  const transport = answering({ kind: 'ok', body });
  const secrets = createSecretStore(transport, REGION, () => secretAnswers);
  const listed = await secrets.listVersions('vpn/a');
  expect(listed.kind === 'ok' && listed.value.map(({ versionId }) => versionId)).toEqual(['v1']);
  expect(transport.calls).toHaveLength(2);
});

test('one of gateways ends as well, and is no answer', async () => {
  const clock = new VirtualClock({ startMs: 0, drive: 'auto' });
  const VpnGateways = { VpnGateway: [{ VpnGatewayId: 'vpn-1' }] };
  const transport = answering({
    kind: 'ok',
    body: { RequestId: 'R-1', TotalCount: 9e9, VpnGateways },
  });
  const vpn = createVpnApi(transport, { tunnelOptionsInBody: false });
  const run = runWith(
    createSecretStore(transport, REGION, () => secretAnswers),
    clock,
  );
  const listed = await readAll(
    run,
    ({ vpnGatewayId }: VpnGateway) => vpnGatewayId,
    (pageNumber) => vpn.listVpnGateways({ regionId: REGION, pageNumber, pageSize: PAGE_SIZE }),
  );
  expect(listed).toMatchObject({ kind: 'unknown', error: { code: 'Listing.Inconsistent' } });
});

test('a page that is throttled is asked for again, not the whole listing', async () => {
  // At 20 ms a page the rate of 40 a second is exceeded within the 60 pages that this takes.
  const names = Array.from({ length: 5_950 }, (_, number) => `vpn/${number}`);
  const clock = new VirtualClock({ startMs: 0, drive: 'auto' });
  const secretOf = (name: string) => ({
    name,
    versions: [{ versionId: 'v1', labels: ['ACSCurrent'], data: '-' }],
  });
  const cloud = new Cloud({
    seed: 1,
    now: () => clock.now(),
    fleet: {
      kmsRegion: REGION,
      regions: [REGION],
      gateways: [],
      customerGateways: [],
      connections: [],
      secrets: [...names, 'mail'].map(secretOf),
    },
  });
  const asked: { readonly page: string; readonly answered: boolean }[] = [];
  cloud.watchers.push((call, result) => {
    if (result?.kind !== 'answer') return;
    asked.push({ page: call.form['PageNumber'] ?? '', answered: result.status < 300 });
  });
  const transport = simulatedTransport(cloud, new Life(0), (ms) => clock.sleep(ms));
  const secrets = createSecretStore(transport, REGION, () => secretAnswers);
  const listed = await namesWith(runWith(secrets, clock), 'vpn/');
  expect(listed.kind === 'ok' && listed.value.toSorted()).toEqual(names.toSorted());
  const answered = asked.filter((call) => call.answered).map(({ page }) => page);
  expect(answered).toEqual(Array.from({ length: 60 }, (_, index) => String(index + 1)));
  expect(asked.length).toBeGreaterThan(answered.length);
});
