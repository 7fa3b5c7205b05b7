/**
 * A fleet in two regions, dispatched as s.large.yaml deploys it: the built bundles in processes of their own, killed
 * and delivered again by the local Function Compute.
 */
import { expect, test } from 'vitest';
import type { Report } from '../../functions/core/report.ts';
import type { FleetFile } from '../../local/fleet-file.ts';
import type { LocalCloud } from '../../local/server.ts';
import { makeEstate } from '../../bench/estate.ts';
import type { Estate } from '../../bench/estate.ts';
import { deploy } from '../deploy/deploy.ts';
import { journalOf, writesOf } from './harness.ts';

const ESTATE = makeEstate({
  seed: 3,
  regions: 2,
  gateways: 4,
  connectionsPerGateway: 2,
  sites: [1],
  windowMs: { min: 100, max: 300 },
});

/** Far ends that answer at once. */
function quickFleet({ fleet }: Estate): FleetFile {
  const quick = { policy: 'follows', delayMs: 10, negotiateMs: 20 } as const;
  const connections = fleet.connections.map((connection) => ({
    ...connection,
    tunnels: connection.tunnels.map((tunnel) => ({ ...tunnel, farEnd: quick })),
  }));
  return { ...fleet, connections };
}

const deployed = (): Promise<LocalCloud> =>
  deploy({
    file: 's.large.yaml',
    fleet: quickFleet(ESTATE),
    environment: { KEYTURN_REGION: ESTATE.fleet.kmsRegion },
  });

interface Run {
  readonly report: Report | null;
  readonly output: string;
}

/** The timer goes off, and everything comes to rest. */
async function fire({ cloud }: LocalCloud): Promise<Run> {
  const { functions } = cloud;
  functions.fireTimer({ functionName: 'keyturn-dispatch', triggerName: 'nightly' });
  await functions.idle();
  const task = functions.tasks.all().findLast((one) => one.functionName === 'keyturn-dispatch');
  const report = task?.status === 'Succeeded' ? (JSON.parse(task.result) as Report) : null;
  const said = functions.invocations().map(({ logs, payload }) => `${logs}\n${payload}`);
  return {
    report,
    output: [...said, ...functions.tasks.all().map(({ error }) => error)].join('\n'),
  };
}

/** Kills what runs of a function once, when the cloud has seen so many writes. */
function killAt(local: LocalCloud, functionName: string, nth: number): () => number {
  let writes = 0;
  let killed = 0;
  local.cloud.watchers.push((call, result) => {
    if (result === null || !call.action.startsWith('Modify')) return;
    writes += 1;
    if (writes === nth) killed = local.cloud.functions.crash(functionName);
  });
  return () => killed;
}

async function expectRotated(local: LocalCloud, { report, output }: Run): Promise<void> {
  for (const site of ESTATE.sites) {
    for (const { vpnConnectionId } of site.links) {
      const tunnels = local.cloud.vpc.connections.get(vpnConnectionId)?.tunnels ?? [];
      expect(tunnels.map(({ config }) => config.ike.Psk)).toEqual([site.newKey, site.newKey]);
    }
    expect(output).not.toContain(site.newKey);
    expect(output).not.toContain(site.oldKey);
  }
  expect(report?.groups.map(({ verdict }) => verdict)).toEqual(ESTATE.sites.map(() => 'converged'));
  const urls = (await journalOf(local)).map(({ url }) => url).join('\n');
  for (const { newKey } of ESTATE.sites) expect(urls).not.toContain(newKey);
}

/** Writes that were accepted, by tunnel: none has two. */
async function expectNothingTwice(local: LocalCloud): Promise<void> {
  const accepted = (await writesOf(local)).filter(({ status }) => status === 200);
  expect(accepted.length).toBe(ESTATE.tunnels);
  expect(new Set(accepted.map(({ url }) => tunnelIn(url))).size).toBe(ESTATE.tunnels);
}

const tunnelIn = (url: string): string => /[?&]TunnelId=([^&]+)/.exec(url)?.[1] ?? 'not named';

test('a canary, then shards, then one report; and once more nothing', async () => {
  const local = await deployed();
  const run = await fire(local);
  await expectRotated(local, run);
  await expectNothingTwice(local);
  expect(run.report?.outcome).toBe('converged');
  const ids = local.cloud.functions.tasks.all().map(({ taskId }) => taskId);
  expect(ids.filter((id) => /_k\d+_/.test(id)).length).toBe(1);
  expect(ids.filter((id) => /_s\d+_/.test(id)).length).toBe(2);
  const writes = await writesOf(local);
  expect((await fire(local)).report?.outcome).toBe('unchanged');
  expect(await writesOf(local)).toEqual(writes);
});

test('the dispatcher killed at work, and everything of it delivered twice', async () => {
  const local = await deployed();
  local.cloud.faults.set([
    { kind: 'repeated-event', function: 'keyturn-dispatch', chance: [1, 1] },
    { kind: 'duplicate-delivery', action: 'InvokeFunction', chance: [1, 1] },
  ]);
  const killed = killAt(local, 'keyturn-dispatch', 6);
  const run = await fire(local);
  expect(killed()).toBe(1);
  await expectRotated(local, run);
  await expectNothingTwice(local);
});

test('shards killed at work: they are delivered again and lose nothing', async () => {
  const local = await deployed();
  const killed = killAt(local, 'keyturn-rotate', 7);
  const run = await fire(local);
  expect(killed()).toBeGreaterThan(0);
  await expectRotated(local, run);
});
