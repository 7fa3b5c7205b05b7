/** What happens around a run while it runs: the network goes, credentials expire, the clock is stepped. */
import type { ChildProcess } from 'node:child_process';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { LocalCloud } from '../../local/server.ts';
import { allowing, assume, cloudOf, keysOf, labelsOf, reportOf, startFunction } from './harness.ts';
import type { Given, Invocation } from './harness.ts';
import { watchPromises } from './promises-kept.ts';
import { NEW, smallFleet } from './small-fleet.ts';

const WRITE = 'ModifyTunnelAttribute';

/** A run to whose world something is done as its nth write arrives, and how the promises fared. */
async function disturbedAt(
  local: LocalCloud,
  nth: number,
  disturb: (child: ChildProcess) => void,
  given: Given = {},
): Promise<Invocation> {
  const breaches = watchPromises(local);
  let seen = 0;
  const running = startFunction(local, given);
  local.cloud.watchers.push((call, result) => {
    if (result !== null || call.action !== WRITE) return;
    seen += 1;
    if (seen === nth) disturb(running.process);
  });
  const ended = await running.end;
  local.cloud.watchers.length = 0;
  expect(seen).toBeGreaterThanOrEqual(nth);
  expect(breaches()).toEqual([]);
  return ended;
}

/** However the disturbed run ended, one more run finishes the work. */
async function expectMended(local: LocalCloud, given: Given = {}): Promise<void> {
  const breaches = watchPromises(local);
  const { groups } = await reportOf(local, given);
  expect(groups.map(({ verdict }) => verdict)).toEqual(['converged', 'converged']);
  expect(new Set(Object.values(keysOf(local)))).toEqual(new Set(Object.values(NEW)));
  expect(await labelsOf(local)).toMatchObject({
    'vpn/alpha': { v1: ['ACSPrevious'], v2: ['ACSCurrent'] },
    'vpn/beta': { v1: ['ACSPrevious'], v2: ['ACSCurrent'] },
  });
  expect(breaches()).toEqual([]);
}

/** Why the run says that it left undone what it did: codes, and what they are about. */
function reasonsOf({ report, error }: Invocation): string {
  expect(error?.name).toBe('RotationNeedsAttention');
  const left = report?.groups.filter(({ verdict }) => verdict !== 'converged') ?? [];
  expect(left.length).toBeGreaterThan(0);
  return left.map(({ reason: { code, detail } }) => `${code} ${detail}`).join('\n');
}

/** A cable between the function and one door of the cloud. */
async function cableTo(door: string): Promise<{ url: string; cut(): void; join(): Promise<void> }> {
  const target = new URL(door);
  const open = new Set<Socket>();
  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => open.delete(socket));
  };
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    keep(near);
    keep(far);
    near.pipe(far).pipe(near);
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => {
      server.listen(port, '127.0.0.1', resolve);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  onTestFinished(cut);
  return { url: `http://127.0.0.1:${port}`, cut, join: () => listen(port) };
}

test.each([1, 3, 6])(
  'the network goes at write %i and comes back: the run gets over it',
  async (nth) => {
    const local = await cloudOf(smallFleet());
    const cable = await cableTo(local.vpc);
    const environment = { KEYTURN_VPC_ENDPOINT: cable.url };
    const pull = (): void => {
      cable.cut();
      setTimeout(() => void cable.join(), 1_500);
    };
    const { report, error } = await disturbedAt(local, nth, pull, { environment });
    expect(error).toBeNull();
    expect(report?.outcome).toBe('converged');
    await expectMended(local);
  },
);

test('the network goes and stays away: the run ends and says so, the next one converges', async () => {
  const local = await cloudOf(smallFleet());
  const [vpc, kms] = [await cableTo(local.vpc), await cableTo(local.kms)];
  const environment = { KEYTURN_VPC_ENDPOINT: vpc.url, KEYTURN_KMS_ENDPOINT: kms.url };
  const pull = (): void => {
    vpc.cut();
    kms.cut();
  };
  const ended = await disturbedAt(local, 3, pull, { environment });
  const reasons = reasonsOf(ended);
  expect(reasons).toContain('endpoint-unreachable');
  expect(reasons).not.toContain('tunnel-drifted');
  await expectMended(local);
});

test.each([1, 2, 4, 6])(
  'credentials expire at write %i: the run says so, the next converges',
  async (nth) => {
    const local = await cloudOf(smallFleet());
    const policy = allowing('kms:*', 'vpc:*');
    const credentials = await assume(local, policy);
    const expire = (): void => local.cloud.roles.expire('under-test', Date.now());
    const ended = await disturbedAt(local, nth, expire, { credentials });
    expect(reasonsOf(ended)).toContain('permission-denied');
    await expectMended(local, { credentials: await assume(local, policy) });
  },
);

function steppedAtWrite2(local: LocalCloud, stepClockMs: number): Promise<Invocation> {
  return disturbedAt(local, 2, (child) => void child.send({ stepClockMs }));
}

test.each([
  ['back', -10_000],
  ['on', 10_000],
])('the clock is stepped ten seconds %s in the middle: the run converges', async (_way, ms) => {
  const local = await cloudOf(smallFleet());
  expect(await steppedAtWrite2(local, ms)).toMatchObject({
    error: null,
    report: { outcome: 'converged' },
  });
  await expectMended(local);
});

// Requests that are an hour off are refused by the service.
test.each([
  ['back', -3_600_000],
  ['on', 3_600_000],
])('stepped an hour %s: the run ends and says so, the next one converges', async (_way, ms) => {
  const local = await cloudOf(smallFleet());
  expect(reasonsOf(await steppedAtWrite2(local, ms))).toContain('permission-denied');
  await expectMended(local);
});
