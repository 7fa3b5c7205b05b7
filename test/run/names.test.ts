/** Listing the names of secrets, against the local cloud in virtual time. */
import { expect, test } from 'vitest';
import * as secretAnswers from '../../functions/alicloud/secret-answers.ts';
import { createSecretStore } from '../../functions/alicloud/secret-store.ts';
import { createVpnApi } from '../../functions/alicloud/vpn-api.ts';
import { parseDocument } from '../../functions/core/parse-document.ts';
import { RUN_DEFAULTS } from '../../functions/run/context.ts';
import { namesWith } from '../../functions/run/pages.ts';
import { VirtualClock } from '../../local/clock.ts';
import { Cloud } from '../../local/cloud.ts';
import { Prng } from '../../local/prng.ts';
import { clockOf, randomOf } from '../simulation/ports.ts';
import { Life, simulatedTransport } from '../simulation/transport.ts';

const REGION = 'cn-hangzhou';

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
  const run = {
    ports: {
      clock: clockOf(clock, new Life(0)),
      random: randomOf(new Prng(1)),
      log: { event: () => undefined },
      vpn: createVpnApi(transport, { tunnelOptionsInBody: false }),
      secrets: createSecretStore(transport, REGION, () => secretAnswers),
      invoker: null,
    },
    options: RUN_DEFAULTS,
    runId: 'run',
    nonce: '0'.repeat(32),
    parseDocument,
    lease: null,
  };
  const listed = await namesWith(run, 'vpn/');
  expect(listed.kind === 'ok' && listed.value.toSorted()).toEqual(names.toSorted());
  const answered = asked.filter((call) => call.answered).map(({ page }) => page);
  expect(answered).toEqual(Array.from({ length: 60 }, (_, index) => String(index + 1)));
  expect(asked.length).toBeGreaterThan(answered.length);
});
