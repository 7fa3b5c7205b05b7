/**
 * Every code is produced by something that happens: here by the engine against the local cloud, in virtual
 * time, or in the test that is named. A code that is missing here does not compile.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { CodeName } from '../../functions/core/codes.ts';
import { parseEvent } from '../../functions/core/command.ts';
import type { Report } from '../../functions/core/report.ts';
import type { TaskStatus } from '../../functions/core/task.ts';
import { after, durationMs, epochMs } from '../../functions/core/units.ts';
import { attentionOfError } from '../../functions/report/attention.ts';
import { execute } from '../../functions/rotate/execute.ts';
import type { Execution } from '../../functions/rotate/execute.ts';
import { readSettings } from '../../functions/rotate/settings.ts';
import { acknowledge } from '../../functions/run/acknowledge.ts';
import { planRun } from '../../functions/run/plan-run.ts';
import { runTasks } from '../../functions/run/tasks.ts';
import type { FaultRule } from '../../local/faults.ts';
import { replaceVersions } from '../../local/kms/state.ts';
import type { Switches } from '../../local/switches.ts';
import { EngineWorld, REGION, keyOf } from './engine-world.ts';
import type { RunSpec, SiteSpec } from './engine-world.ts';

/** What a run says besides what it is about. */
type Said = readonly string[];
type Way = (() => Promise<Said>) | { readonly in: string };

function saidBy(report: Report | null): Said {
  if (report === null) return [];
  return [...report.groups, ...report.secrets, ...report.steps]
    .flatMap(({ reason }) => reason?.code ?? [])
    .concat(report.warnings.map(({ code }) => code));
}

interface Story {
  readonly sites?: readonly SiteSpec[];
  readonly switches?: Partial<Switches>;
  readonly faults?: readonly FaultRule[];
  /** Before the run. */
  readonly given?: (world: EngineWorld) => unknown;
  readonly run?: RunSpec | ((world: EngineWorld) => RunSpec);
}

const SITE: SiteSpec = { name: 'a' };
const DEAF: SiteSpec = { ...SITE, farEnd: 'never' };
const ONLY_CURRENT: SiteSpec = { ...SITE, labels: { v1: ['ACSCurrent'], v2: [] } };

/** One run of a story; gives what it said. */
const told =
  (story: Story = {}) =>
  async (): Promise<Said> => {
    const world = new EngineWorld(story.sites ?? [SITE], story.switches);
    world.cloud.faults.set(story.faults ?? []);
    await story.given?.(world);
    const spec = typeof story.run === 'function' ? story.run(world) : story.run;
    return saidBy(await world.run(spec));
  };

const withDocument = (document: Readonly<Record<string, unknown>>): readonly SiteSpec[] => [
  { ...SITE, document },
];
const targets = (...changes: readonly Readonly<Record<string, unknown>>[]) =>
  withDocument({
    targets: changes.map((change) => ({
      RegionId: REGION,
      VpnConnectionId: 'vco-a-0',
      Psk: keyOf('a', 'new'),
      ...change,
    })),
  });
const always = (kind: FaultRule['kind'], action: string, code?: string): readonly FaultRule[] => [
  { kind, action, ...(code === undefined ? {} : { code }) },
];

/** Does something to the cloud when the first write of a run is on its way. */
function whenWriting(act: (world: EngineWorld) => void): NonNullable<Story['run']> {
  return (world) => {
    let done = false;
    return {
      onEvent: (event) => {
        if (done || event.kind !== 'step' || event.phase !== 'settling') return;
        done = true;
        act(world);
      },
    };
  };
}

/** Told by the far end's command. */
const acknowledged = (versionId: string | null, site: SiteSpec) => async (): Promise<Said> => {
  const said: string[] = [];
  await new EngineWorld([site]).run({
    begin: async (run, request) => {
      const told = await acknowledge(run, { secretName: 'vpn/a', versionId, ready: true });
      if (told.kind === 'refused') said.push(told.reason.code);
      return planRun(run, request);
    },
  });
  return said;
};

/** What becomes of one task of a large fleet, as the dispatcher is told. Null: there is nobody to tell it. */
const dispatched = (status: TaskStatus | null) => async (): Promise<Said> => {
  const said: string[] = [];
  const ok = <T>(value: T) => Promise.resolve({ kind: 'ok', value } as const);
  await new EngineWorld([SITE]).run({
    begin: async (run, request) => {
      const invoker =
        status === null
          ? null
          : {
              start: () => ok('started' as const),
              list: () => ok(new Map([['task_1', status]])),
              result: () => ok(null),
            };
      const ends = await runTasks(
        { ...run, ports: { ...run.ports, invoker } },
        {
          functionName: 'rotate',
          prefix: 'task_',
          events: new Map([['task_1', '{}']]),
          restAfter: () => durationMs(0),
          started: () => undefined,
        },
      );
      for (const end of ends.values()) if ('reason' in end) said.push(end.reason.code);
      return planRun(run, request);
    },
  });
  return said;
};

/** The function's own entry, short of any request. */
const executed =
  (event: object, change: Partial<Execution> = {}) =>
  async (): Promise<Said> => {
    try {
      const report = await execute({
        command: parseEvent(JSON.stringify(event)),
        settings: readSettings({ KEYTURN_SECRETS: 'vpn/a' }),
        region: REGION,
        credentials: () => ({ accessKeyId: 'example-id', accessKeySecret: 'example-secret' }),
        log: { event: () => undefined },
        requestId: null,
        deadlineMs: null,
        killedAtMs: null,
        functionCompute: null,
        stop: null,
        ...change,
      });
      return saidBy(report);
    } catch (error) {
      return attentionOfError(error).items.map(({ code }) => code);
    }
  };

const settingsOf = (env: Readonly<Record<string, string>>) => (): Promise<Said> => {
  try {
    readSettings(env);
    return Promise.resolve([]);
  } catch (error) {
    return Promise.resolve(attentionOfError(error).items.map(({ code }) => code));
  }
};

/** So many more versions of the secret, each with a label of its own. */
const keeping = (count: number) => (world: EngineWorld) => {
  const secret = world.cloud.kms.secrets.get('vpn/a')!;
  const [first] = secret.versions;
  const more = Array.from({ length: count }, (_none, index) => ({
    ...first!,
    versionId: `kept-${index}`,
    labels: [`Keep${index}`],
  }));
  replaceVersions(secret, [...secret.versions, ...more], world.clock.now());
};

const stopped = (): AbortSignal => AbortSignal.abort();

const WAYS: Readonly<Record<CodeName, Way>> = {
  'in-place': told({ sites: [{ ...ONLY_CURRENT, live: keyOf('a', 'old') }] }),
  rotated: told(),
  'put-back': told({ sites: [{ ...SITE, live: keyOf('a', 'new') }], run: { purpose: 'restore' } }),
  ready: told({ run: { begin: planRun } }),
  'keys-unreadable': told({ sites: [ONLY_CURRENT], switches: { keyOnRead: 'masked' } }),
  'peer-not-ready': told({ sites: withDocument({ handover: { mode: 'acknowledged' } }) }),
  'not-before': told({
    sites: withDocument({ handover: { mode: 'scheduled', notBefore: '2030-01-01T00:00Z' } }),
  }),
  // The story begins on a Thursday.
  'outside-window': told({ sites: withDocument({ window: 'Mon 01:00-02:00 UTC' }) }),
  'master-follows': told({ sites: withDocument({ handover: { mode: 'stepwise' } }) }),
  'peer-follows': told({
    sites: [{ ...DEAF, document: { handover: { mode: 'stepwise' } } }],
    given: (world) => world.run(),
  }),
  'out-of-time': told({
    run: (world) => ({ options: { deadline: after(epochMs(world.clock.now()), durationMs(1)) } }),
  }),
  continued: { in: 'test/core/continuation.test.ts' },
  cancelled: told({ run: { options: { stop: stopped() } } }),
  'lease-held': { in: 'test/e2e/lease.e2e.ts' },
  'lease-lost': told({
    run: (world) => ({
      lease: {
        until: () => epochMs(world.clock.now()),
        passTo: () => Promise.resolve(false),
        lapse: () => Promise.resolve(),
        release: () => Promise.resolve(),
      },
    }),
  }),
  'trigger-stale': executed({ triggerName: 'nightly', triggerTime: '2020-01-01T00:00:00Z' }),
  'secret-not-found': told({ run: { secrets: ['vpn/nobody'] } }),
  'no-version': told({
    given: (world) => {
      for (const label of ['ACSCurrent', 'KeyturnNext']) world.label('a', label, null);
    },
  }),
  'no-previous': told({ sites: [ONLY_CURRENT], run: { purpose: 'restore' } }),
  'next-exists': { in: 'test/cli/store.e2e.ts' },
  'nothing-next': acknowledged(null, ONLY_CURRENT),
  'not-the-next': acknowledged('v1', SITE),
  'document-invalid': told({ sites: withDocument({ proof: { require: 'some' } }) }),
  held: told({ given: (world) => world.label('a', 'KeyturnHeld', 'v2') }),
  'target-not-found': told({ sites: targets({ VpnConnectionId: 'vco-nobody' }) }),
  'tunnel-not-found': told({ sites: targets({ TunnelId: 'tun-nobody' }) }),
  'group-incomplete': told({ sites: targets({ TunnelId: 'tun-a-0-slave' }) }),
  'documents-contradict': { in: 'test/e2e/refusals.e2e.ts' },
  'group-contradicts': { in: 'test/e2e/refusals.e2e.ts' },
  'document-blocked': { in: 'test/core/plan.test.ts' },
  'gateway-not-found': { in: 'test/core/checks.test.ts' },
  'gateway-locked': { in: 'test/e2e/refusals.e2e.ts' },
  'gateway-shangmi': { in: 'test/e2e/refusals.e2e.ts' },
  'gateway-not-active': { in: 'test/core/checks.test.ts' },
  'connection-not-active': { in: 'test/core/checks.test.ts' },
  'bgp-off': { in: 'test/core/checks.test.ts' },
  'no-second-path': { in: 'test/core/checks.test.ts' },
  'not-restorable': told({
    given: (world) => world.label('a', 'ACSCurrent', null),
    switches: { keyOnRead: 'masked' },
  }),
  'restore-unreadable': { in: 'test/core/plan-restore.test.ts' },
  'stepwise-unreadable': told({
    sites: withDocument({ handover: { mode: 'stepwise' } }),
    switches: { keyOnRead: 'masked' },
  }),
  'stepwise-overdue': told({
    sites: [{ ...DEAF, document: { handover: { mode: 'stepwise', followWithinHours: 1 } } }],
    given: (world) => world.clock.sleep(2 * 3_600_000),
  }),
  'partner-unreadable': { in: 'test/core/checks.test.ts' },
  'same-gateway-rule': told({
    sites: [{ ...SITE, connections: 2 }],
    switches: { sameGatewayRule: 'reject' },
  }),
  'replacement-failed': { in: 'test/run/replace-customer-gateway.test.ts' },
  'gateway-left-over': told({
    sites: [{ ...SITE, connections: 2, document: { groupStrategy: 'replace-customer-gateway' } }],
    switches: { sameGatewayRule: 'reject', sameGatewayFields: 'key+crypto' },
    faults: always('refuse', 'DeleteCustomerGateway', 'InvalidName'),
  }),
  'plan-outdated': { in: 'test/cli/plan-file.e2e.ts' },
  'canary-failed': told({ sites: [DEAF, { name: 'b', connections: 2 }] }),
  'budget-spent': { in: 'test/run/failure-budget.test.ts' },
  'proof-timeout': told({ sites: [DEAF] }),
  'log-unreadable': told({
    sites: withDocument({ proof: { require: 'proven', timeoutSeconds: 20 } }),
    switches: { oldSa: 'survives' },
    faults: always('refuse', 'DescribeVpnConnectionLogs', 'Forbidden'),
  }),
  'write-refused': told({ faults: always('refuse', 'ModifyTunnelAttribute', 'InvalidName') }),
  'write-unsettled': told({ faults: always('server-500', 'ModifyTunnelAttribute') }),
  'gateway-stuck': told({ faults: always('stuck-updating', 'ModifyTunnelAttribute') }),
  'tunnel-drifted': told({
    run: whenWriting((world) => {
      for (const tunnel of world.tunnels('a')) {
        const ike = { ...tunnel.config.ike, Psk: 'example-psk-of-somebody' };
        Object.assign(tunnel, { config: { ...tunnel.config, ike } });
      }
    }),
  }),
  'tunnel-vanished': told({
    run: whenWriting(({ cloud: { vpc } }) => {
      for (const known of [vpc.connections, vpc.connectionsByRegion, vpc.connectionsByGateway]) {
        (known as Map<string, unknown>).clear();
      }
    }),
  }),
  restored: told({ sites: [DEAF] }),
  'held-for-person': told({ sites: [{ ...DEAF, document: { onFailure: 'hold' } }] }),
  'restore-failed': told({
    sites: [DEAF],
    run: (world) => ({
      onEvent: (event) => {
        if (event.kind === 'step' && event.direction === 'restore')
          world.cloud.faults.set(always('server-500', 'ModifyTunnelAttribute'));
      },
    }),
  }),
  'promote-failed': told({
    faults: always('refuse', 'UpdateSecretVersionStage', 'Rejected.ResourceInDeleteWindow'),
  }),
  'label-not-moved': told({
    faults: always('refuse', 'UpdateSecretVersionStage', 'Rejected.ResourceInDeleteWindow'),
    run: { purpose: 'restore' },
  }),
  'before-not-saved': told({
    sites: [{ ...SITE, live: 'example-psk-of-nobody' }],
    faults: always('refuse', 'PutSecretValue', 'Forbidden.NoPermission'),
  }),
  'versions-full': told({
    sites: [{ ...SITE, live: 'example-psk-of-nobody' }],
    given: keeping(8),
  }),
  'versions-low': told({ given: keeping(5) }),
  'shard-not-started': dispatched(null),
  'shard-failed': dispatched('failed'),
  'shard-unread': dispatched('succeeded'),
  'read-failed': told({ faults: always('server-500', 'DescribeVpnConnections') }),
  'permission-denied': { in: 'test/e2e/refusals.e2e.ts' },
  'no-credentials': { in: 'test/cli/usage.e2e.ts' },
  'endpoint-unreachable': { in: 'test/e2e/refusals.e2e.ts' },
  unexpected: executed(
    {},
    {
      get log(): Execution['log'] {
        throw new TypeError('nobody expects this');
      },
    },
  ),
  'no-secrets': executed({}, { settings: readSettings({}) }),
  'region-missing': executed({}, { region: null }),
  'confirmation-needed': { in: 'test/cli/far-end.e2e.ts' },
  'file-invalid': { in: 'test/cli/usage.e2e.ts' },
  'setting-invalid': settingsOf({ KEYTURN_WINDOW: 'at night' }),
  'endpoint-refused': settingsOf({ KEYTURN_KMS_ENDPOINT: 'http://kms.example.com' }),
  'command-invalid': executed({ key: 'example' }),
  'no-lease': told(),
  'not-continued': { in: 'test/dispatch/continuation.test.ts' },
  'generation-shared': told({
    sites: ['a', 'b'].map((name) => ({
      name,
      labels: { v1: ['ACSCurrent'], v2: [] },
      live: keyOf('a', 'old'),
      document: {
        targets: [{ RegionId: REGION, VpnConnectionId: 'vco-a-0', Psk: keyOf('a', 'old') }],
        rotateEveryDays: 1,
      },
    })),
    given: (world) => world.clock.sleep(2 * 86_400_000),
  }),
  unproven: told({ switches: { oldSa: 'survives' } }),
  'was-down': told({
    sites: [{ ...SITE, document: { allowInterruption: true } }],
    given: (world) => {
      for (const tunnel of world.tunnels('a')) {
        tunnel.session.status = 'ike_sa_not_established';
        tunnel.farEnd.policy = 'never';
      }
    },
  }),
};

const produced = Object.entries(WAYS).flatMap(([code, way]) =>
  typeof way === 'function' ? [{ code, way }] : [],
);
const elsewhere = Object.entries(WAYS).flatMap(([code, way]) =>
  typeof way === 'function' ? [] : [{ code, file: way.in }],
);

test.each(produced)('$code', async ({ code, way }) => {
  expect(await way()).toContain(code);
});

test.each(elsewhere)('$code is produced in $file', ({ code, file }) => {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  expect(text).toMatch(new RegExp(`['"\` ]${code}['"\`:]`));
});
