import { expect, test } from 'vitest';
import { SAMPLE_EXCEPTIONS, sampleFleet } from '../../local/sample-fleet.ts';
import { cloudOf, invoke, keysOf, labelsOf, writesOf } from './harness.ts';
import { LEASE, NEW, smallFleet } from './small-fleet.ts';

const LEASED = { environment: { KEYTURN_LEASE_SECRET: LEASE } };

test('a timer event rotates a fleet; the next one changes nothing', async () => {
  const local = await cloudOf(smallFleet());
  const first = await invoke(local, LEASED);
  expect(first).toMatchObject({ error: null, report: { outcome: 'converged' } });
  const keys = keysOf(local);
  expect(keys).toEqual({
    'vco-alpha-1/tun-alpha-1a': NEW.alpha,
    'vco-alpha-1/tun-alpha-1b': NEW.alpha,
    'vco-alpha-2/tun-alpha-2a': NEW.alpha,
    'vco-alpha-2/tun-alpha-2b': NEW.alpha,
    'vco-beta-1/tun-beta-1a': NEW.beta,
    'vco-beta-1/tun-beta-1b': NEW.beta,
  });
  const { [LEASE]: _slots, ...labels } = await labelsOf(local);
  expect(labels).toEqual({
    'vpn/alpha': { v1: ['ACSPrevious'], v2: ['ACSCurrent'] },
    'vpn/beta': { v1: ['ACSPrevious'], v2: ['ACSCurrent'] },
  });
  const writes = await writesOf(local);
  expect(writes).toHaveLength(6);

  const second = await invoke(local, LEASED);
  expect(second).toMatchObject({ error: null, report: { outcome: 'unchanged', steps: [] } });
  expect(await writesOf(local)).toEqual(writes);
  expect(keysOf(local)).toEqual(keys);
  expect(await labelsOf(local)).toMatchObject(labels);
});

test('the sample fleet converges but for the exceptions it means', async () => {
  const fleet = sampleFleet();
  const local = await cloudOf(fleet);
  const { report, error, stdout } = await invoke(local, LEASED);
  expect(error).toBeNull();
  const open = report?.groups.filter(({ verdict }) => verdict !== 'converged') ?? [];
  const reasons = open.map(({ customerGatewayId, reason }) => [customerGatewayId, reason.code]);
  expect(Object.fromEntries(reasons)).toEqual(SAMPLE_EXCEPTIONS);
  const seen = new Set(report?.groups.map(({ customerGatewayId }) => customerGatewayId));
  expect(seen).toEqual(new Set(fleet.customerGateways.map(({ id }) => id)));
  expect(report?.outcome).toBe('waiting');
  const lines = stdout.trim().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ event: 'report', report });

  const [writes, labels] = [await writesOf(local), await labelsOf(local)];
  const second = await invoke(local, LEASED);
  expect(second.report?.steps).toEqual([]);
  expect(await writesOf(local)).toEqual(writes);
  const { [LEASE]: _before, ...unmoved } = labels;
  expect(await labelsOf(local)).toMatchObject(unmoved);
});
