/**
 * A deployment as it is written down, from nothing: roles, queue, functions and triggers of s.yaml,
 * s.large.yaml and s.fc2.yaml in a local cloud, the built bundles in processes of their own, nothing but what was deployed.
 */
import { describe, expect, test } from 'vitest';
import { createClouds } from '../../functions/alicloud/index.ts';
import { CODES } from '../../functions/core/codes.ts';
import { Redacted } from '../../functions/core/redacted.ts';
import type { Attention } from '../../functions/report/attention.ts';
import type { AuditReport } from '../../functions/report/audit-data.ts';
import type { BusEvent } from '../../local/fc/envelopes.ts';
import type { FleetFile } from '../../local/fleet-file.ts';
import type { LocalCloud } from '../../local/server.ts';
import { keysOf, labelsOf } from '../e2e/harness.ts';
import { NEW, OLD, REGION, documentOf, smallFleet } from '../e2e/small-fleet.ts';
import { deploy, lastAnswer, lastReport, quietFleet } from './deploy.ts';
import { ACCOUNT } from './template.ts';
import type { Element } from './template.ts';

const QUEUE = `acs:mns:${REGION}:${ACCOUNT}:/queues/keyturn-failures/messages`;
/** `again`: what a failed run's second try finds. */
const FORMS = [
  { file: 's.yaml', rotate: 'keyturn-rotate', audit: 'keyturn-audit', again: 'held' },
  // What the timer starts hands everything to keyturn-rotate.
  { file: 's.large.yaml', rotate: 'keyturn-dispatch', audit: 'keyturn-audit', again: 'restored' },
  { file: 's.fc2.yaml', rotate: 'keyturn$rotate', audit: 'keyturn-audit$audit', again: 'held' },
] as const;

const keysOfSite = (local: LocalCloud, site: 'alpha' | 'beta') =>
  new Set(
    Object.entries(keysOf(local))
      .filter(([tunnel]) => tunnel.startsWith(`vco-${site}`))
      .map(([, key]) => key),
  );

/** Somebody stores a next version, with the account's own key. */
async function store(local: LocalCloud, site: 'alpha' | 'beta'): Promise<void> {
  const { accessKeyId, accessKeySecret } = local;
  const endpoint = { protocol: 'http', host: new URL(local.kms).host } as const;
  const { secrets } = createClouds({
    region: REGION,
    vpcEndpoint: endpoint,
    kmsEndpoint: endpoint,
    credentials: () => ({ accessKeyId, accessKeySecret }),
    tunnelOptionsInBody: false,
    requestTimeoutMs: 5_000,
    countCall: () => undefined,
  });
  const put = await secrets.putVersion({
    name: `vpn/${site}`,
    versionId: 'v2',
    data: new Redacted(JSON.stringify(documentOf(site, NEW[site]))),
    labels: ['KeyturnNext'],
  });
  expect(put.kind).toBe('ok');
}

/** The far ends of one site never get a new key. */
function withDeafSite(site: 'alpha' | 'beta'): FleetFile {
  const fleet = smallFleet();
  return {
    ...fleet,
    connections: fleet.connections.map((connection) => ({
      ...connection,
      tunnels: connection.tunnels.map((tunnel) =>
        connection.id.startsWith(`vco-${site}`)
          ? { ...tunnel, farEnd: { policy: 'never' as const, negotiateMs: 20 } }
          : tunnel,
      ),
    })),
    secrets: fleet.secrets.map((secret) => ({
      ...secret,
      versions: secret.versions.map((version) =>
        typeof version.data === 'string'
          ? version
          : { ...version, data: { ...version.data, proof: { timeoutSeconds: 2 } } },
      ),
    })),
  };
}

describe.each(FORMS)('$file', ({ file, rotate, audit, again }) => {
  test('the timer goes off: rotated and promoted, under the shipped role', async () => {
    const local = await deploy({ file });
    local.cloud.functions.fireTimer({ functionName: rotate, triggerName: 'nightly' });
    await local.cloud.functions.idle();
    const report = lastReport(local, rotate);
    expect(report).toMatchObject({
      outcome: 'converged',
      trigger: 'timer nightly',
      requestReason: 'nightly timer',
    });
    // The lease secret of the deployment is the one that is there.
    expect(report.warnings.map(({ code }) => code)).not.toContain('no-lease');
    expect([...keysOfSite(local, 'alpha'), ...keysOfSite(local, 'beta')]).toEqual([
      NEW.alpha,
      NEW.beta,
    ]);
    expect(await labelsOf(local)).toMatchObject({
      'vpn/alpha': { v1: ['ACSPrevious'], v2: ['ACSCurrent'] },
      'vpn/beta': { v1: ['ACSPrevious'], v2: ['ACSCurrent'] },
    });
    const ended = local.cloud.functions.tasks.all().map(({ status }) => status);
    expect(new Set(ended)).toEqual(new Set(['Succeeded']));
    expect(local.cloud.functions.deliveries()).toEqual([]);
  });

  test('a closed window: the timer looks and touches nothing', async () => {
    const local = await deploy({ file, environment: { KEYTURN_WINDOW: neverToday() } });
    local.cloud.functions.fireTimer({ functionName: rotate, triggerName: 'nightly' });
    await local.cloud.functions.idle();
    expect(lastReport(local, rotate)).toMatchObject({ outcome: 'waiting', steps: [] });
    expect(keysOfSite(local, 'alpha')).toEqual(new Set([OLD.alpha]));
  });

  test('an event of somebody’s own carries a command, and who asked', async () => {
    const local = await deploy({ file });
    const data = { action: 'rotate', secrets: ['vpn/beta'], reason: 'CHG-1 by example' };
    const event: BusEvent = {
      id: 'e-1',
      source: 'example.pipeline',
      type: 'run',
      subject: '',
      data,
    };
    local.cloud.functions.deliver({ functionName: rotate, events: [event], form: 'single' });
    await local.cloud.functions.idle();
    expect(lastReport(local, rotate)).toMatchObject({
      outcome: 'converged',
      trigger: 'event example.pipeline',
      requestReason: 'CHG-1 by example',
      secrets: [{ name: 'vpn/beta', promoted: true }],
    });
    expect(keysOfSite(local, 'alpha')).toEqual(new Set([OLD.alpha]));
    expect(keysOfSite(local, 'beta')).toEqual(new Set([NEW.beta]));
  });

  test('a failed run reaches the queue, with what to do about it', async () => {
    const local = await deploy({ file, fleet: withDeafSite('beta') });
    local.cloud.functions.fireTimer({ functionName: rotate, triggerName: 'nightly' });
    await local.cloud.functions.idle();
    const [delivery, ...more] = local.cloud.functions.deliveries();
    expect(more).toEqual([]);
    expect(delivery).toMatchObject({ destination: QUEUE, delivered: true });
    const { requestPayload, responsePayload } = delivery!.message;
    expect(JSON.parse(requestPayload)).toMatchObject({ triggerName: 'nightly' });
    const thrown = JSON.parse(responsePayload) as { errorType: string; errorMessage: string };
    expect(thrown.errorType).toBe('RotationNeedsAttention');
    const attention = JSON.parse(thrown.errorMessage) as Attention;
    const beta = attention.items.find(({ where }) => where === 'vpn-two/cgw-beta');
    // The version is held by then; a dispatcher's second try is told what its shards said the first time.
    expect(beta).toMatchObject({ code: again, remedy: CODES[again].remedy });
    expect(keysOfSite(local, 'beta')).toEqual(new Set([OLD.beta]));
    expect(JSON.stringify(delivery)).not.toContain(NEW.beta);
  });

  test('the audit says what is due and what is weak, and writes nothing', async () => {
    const local = await deploy({ file });
    local.cloud.functions.fireTimer({ functionName: audit, triggerName: 'weekly' });
    await local.cloud.functions.idle();
    const report = lastAnswer(local, audit) as AuditReport;
    expect(report).toMatchObject({
      schema: 'keyturn/audit/1',
      requestReason: 'weekly timer',
      secrets: [
        { name: 'vpn/alpha', currentVersionId: 'v1', keyAgeDays: 0 },
        { name: 'vpn/beta', currentVersionId: 'v1', keyAgeDays: 0 },
      ],
    });
    expect(report.groups.map(({ customerGatewayId }) => customerGatewayId)).toEqual([
      'cgw-alpha',
      'cgw-beta',
    ]);
    const writes = local.cloud.journal
      .read()
      .entries.filter(({ action }) => !/^(?:List|Get|Describe)/.test(action));
    expect(writes).toEqual([]);
    expect(JSON.stringify(report)).not.toContain('example-psk');
  });
});

describe('a change in KMS', () => {
  /** As the owner switches the trigger on. */
  const listening = (props: Element): Element => ({
    ...props,
    triggers: (props['triggers'] as readonly Element[]).map((trigger) =>
      trigger['triggerType'] === 'eventbridge'
        ? {
            ...trigger,
            triggerConfig: { ...(trigger['triggerConfig'] as Element), triggerEnable: true },
          }
        : trigger,
    ),
  });

  test('causes one run', async () => {
    const local = await deploy({ file: 's.yaml', fleet: quietFleet(), change: listening });
    await store(local, 'beta');
    await local.cloud.functions.idle();
    const runs = local.cloud.functions.invocations();
    expect(runs).toHaveLength(1);
    expect(JSON.parse(runs[0]!.payload)).toMatchObject({
      trigger: 'event acs.kms',
      outcome: 'converged',
      secrets: [{ name: 'vpn/alpha' }, { name: 'vpn/beta', promoted: true }],
    });
    expect(keysOfSite(local, 'beta')).toEqual(new Set([NEW.beta]));
  });

  test('does not start runs for ever where the events name the function otherwise', async () => {
    const local = await deploy({
      file: 's.yaml',
      fleet: quietFleet(),
      change: (props) =>
        JSON.parse(
          JSON.stringify(listening(props)).replaceAll(
            String.raw`{\"prefix\":\"keyturn-rotate\"}`,
            String.raw`{\"prefix\":\"somebody\"}`,
          ),
        ) as Element,
    });
    await store(local, 'beta');
    await local.cloud.functions.idle();
    const runs = local.cloud.functions.invocations();
    // What moved the labels is looked at once more for each move; looking moves none.
    expect(runs.length).toBeGreaterThan(1);
    expect(runs.length).toBeLessThan(8);
    expect(JSON.parse(runs.at(-1)!.payload)).toMatchObject({ outcome: 'unchanged' });
  });

  test('causes none while the trigger is off, as it is deployed', async () => {
    const local = await deploy({ file: 's.yaml', fleet: quietFleet() });
    await store(local, 'beta');
    await local.cloud.functions.idle();
    expect(local.cloud.functions.invocations()).toEqual([]);
  });

  test('reaches the function of 2.0 by a rule of the owner’s', async () => {
    const local = await deploy({ file: 's.fc2.yaml', fleet: quietFleet() });
    await store(local, 'beta');
    const data = { eventName: 'PutSecretValue', serviceName: 'Kms' };
    const event = {
      id: 'k-1',
      source: 'acs.kms',
      type: 'kms:ActionTrail:ApiCall',
      subject: '',
      data,
    };
    local.cloud.functions.deliver({
      functionName: 'keyturn$rotate',
      events: [event],
      form: 'single',
    });
    await local.cloud.functions.idle();
    expect(lastReport(local, 'keyturn$rotate')).toMatchObject({ outcome: 'converged' });
  });
});

/** A window that is closed now and for a day: it opens three days from today. */
function neverToday(): string {
  const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  return `${days[(new Date().getUTCDay() + 3) % 7]} 00:00-01:00 UTC`;
}
