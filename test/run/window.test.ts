/** The real engine against the local cloud in one process, in virtual time, around a maintenance window. */
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import * as secretAnswers from '../../functions/alicloud/secret-answers.ts';
import { createSecretStore } from '../../functions/alicloud/secret-store.ts';
import { createVpnApi } from '../../functions/alicloud/vpn-api.ts';
import { reason } from '../../functions/core/codes.ts';
import { parseDocument } from '../../functions/core/parse-document.ts';
import type { Report } from '../../functions/core/report.ts';
import { epochMs } from '../../functions/core/units.ts';
import { parseWindow } from '../../functions/core/window.ts';
import { RUN_DEFAULTS } from '../../functions/run/context.ts';
import type { RunOptions } from '../../functions/run/context.ts';
import { rotate } from '../../functions/run/rotate.ts';
import { workOff } from '../../functions/run/work.ts';
import { VirtualClock } from '../../local/clock.ts';
import { Cloud } from '../../local/cloud.ts';
import { defaultSwitches } from '../../local/switches.ts';
import { NEW, OLD, REGION, documentOf, secretOf, smallFleet } from '../e2e/small-fleet.ts';
import { Life, simulatedTransport } from '../simulation/transport.ts';

const WINDOW = 'Sat,Sun 01:00-05:00 Asia/Shanghai';
/** The first instants of a Saturday's window, its last half second, and a Monday. */
const OPEN = Date.UTC(2026, 10, 27, 17);
const ALMOST_CLOSED = Date.UTC(2026, 10, 27, 20, 59, 59, 500);
const MONDAY = Date.UTC(2026, 10, 30, 3);
const NEXT_OPENING = 'opens 2026-12-04T17:00:00.000Z';

function worldAt(startMs: number, secrets = smallFleet().secrets) {
  const clock = new VirtualClock({ startMs, drive: 'auto' });
  const cloud = new Cloud({
    seed: 1,
    now: () => clock.now(),
    fleet: { ...smallFleet(), secrets },
    switches: defaultSwitches(),
  });
  const run = (
    options: Partial<RunOptions>,
    secrets: readonly string[] = ['vpn/alpha', 'vpn/beta'],
  ): Promise<Report> => {
    const transport = simulatedTransport(cloud, new Life(0), (ms) => clock.sleep(ms));
    return rotate(
      {
        ports: {
          clock: { now: () => epochMs(clock.now()), sleep: (ms) => clock.sleep(ms) },
          random: {
            bytes: (count) => randomBytes(count),
            fraction: () => 0.5,
            sha256Hex: (text) => createHash('sha256').update(text).digest('hex'),
          },
          log: { event: () => undefined },
          vpn: createVpnApi(transport, { tunnelOptionsInBody: false }),
          secrets: createSecretStore(transport, REGION, () => secretAnswers),
          invoker: null,
        },
        options: { ...RUN_DEFAULTS, ...options },
        runId: `run_${clock.now()}`,
        nonce: randomBytes(16).toString('hex'),
        parseDocument,
        lease: null,
      },
      {
        secrets,
        trigger: 'test',
        requestReason: null,
        leaseSecret: null,
        task: null,
        successor: null,
        countedCalls: () => ({}),
      },
      async () => ({ workOff }),
    );
  };
  const keys = () =>
    [...cloud.vpc.connections.values()].flatMap(({ tunnels }) =>
      tunnels.map(({ config }) => config.ike.Psk),
    );
  return {
    run,
    keys,
    pass: (ms: number) => clock.sleep(ms),
    versions: () => cloud.kms.secrets.get('vpn/beta')?.versions ?? [],
  };
}

const verdicts = ({ groups }: Report) =>
  Object.fromEntries(
    groups.map(({ customerGatewayId, verdict, reason }) => [
      customerGatewayId,
      `${verdict} ${reason.code}`,
    ]),
  );

const BOTH_OLD = [OLD.alpha, OLD.alpha, OLD.alpha, OLD.alpha, OLD.beta, OLD.beta];

describe('KEYTURN_WINDOW', () => {
  const window = parseWindow(WINDOW);

  test('closed: the run says what is due and when, and touches nothing', async () => {
    const world = worldAt(MONDAY);
    const report = await world.run({ window });
    expect(report).toMatchObject({ outcome: 'waiting', steps: [] });
    expect(report.groups.map(({ reason }) => reason.detail)).toEqual([
      `${NEXT_OPENING}: ${WINDOW}`,
      `${NEXT_OPENING}: ${WINDOW}`,
    ]);
    expect(world.keys()).toEqual(BOTH_OLD);
    expect(world.versions().map(({ versionId }) => versionId)).toEqual(['v1', 'v2']);
  });

  test('open: it rotates', async () => {
    expect((await worldAt(OPEN).run({ window })).outcome).toBe('converged');
  });

  test('closed, and the command says that this does not count', async () => {
    const report = await worldAt(MONDAY).run({ window, ignoreWindow: true });
    expect(report.outcome).toBe('converged');
  });

  test('closing on the way: what was begun is finished, and nothing else is begun', async () => {
    const world = worldAt(ALMOST_CLOSED);
    const report = await world.run({ window });
    expect(report.outcome).toBe('waiting');
    expect(verdicts(report)).toEqual({
      'cgw-alpha': 'waiting outside-window',
      'cgw-beta': 'converged rotated',
    });
    expect(world.keys()).toEqual([...BOTH_OLD.slice(0, 4), NEW.beta, NEW.beta]);
  });

  test('closed: new keys that are due are not stored, and the report says that they are due', async () => {
    const document = { ...documentOf('beta', OLD.beta), rotateEveryDays: 1 };
    const versions = [{ versionId: 'v1', labels: ['ACSCurrent'], data: document }];
    const world = worldAt(MONDAY, [{ name: 'vpn/beta', versions }]);
    await world.pass(25 * 3_600_000);
    const secrets = ['vpn/beta'];
    const looked = await world.run({ window }, secrets);
    expect(looked).toMatchObject({ outcome: 'unchanged' });
    expect(looked.warnings).toContainEqual(
      reason('outside-window', `vpn/beta: new keys are due; ${NEXT_OPENING}: ${WINDOW}`),
    );
    expect(world.versions()).toHaveLength(1);
    expect(await world.run({}, secrets)).toMatchObject({ outcome: 'converged' });
  });
});

describe('a document’s own window', () => {
  const secrets = [
    secretOf('alpha', documentOf('alpha', NEW.alpha)),
    secretOf('beta', { ...documentOf('beta', NEW.beta), window: WINDOW }),
  ];

  test('keeps its groups, and no others, from being begun', async () => {
    const world = worldAt(MONDAY, secrets);
    expect(verdicts(await world.run({}))).toEqual({
      'cgw-alpha': 'converged rotated',
      'cgw-beta': 'waiting outside-window',
    });
  });

  test('counts beside that of the function: both must be open', async () => {
    const friday = parseWindow('Fri 00:00-24:00 UTC');
    const never = parseWindow('Mon 00:00-24:00 UTC');
    expect((await worldAt(OPEN, secrets).run({ window: friday })).outcome).toBe('converged');
    const report = await worldAt(MONDAY, secrets).run({ window: never });
    expect(report.groups[1]?.reason.detail).toBe(
      `never open together: ${never.text} and ${WINDOW}`,
    );
  });
});
