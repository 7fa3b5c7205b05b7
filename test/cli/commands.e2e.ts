import { describe, expect, test } from 'vitest';
import { cloudOf, keysOf, keyturn, writesOf } from '../e2e/harness.ts';
import type { Command } from '../e2e/harness.ts';
import { LEASE, NEW, OLD, documentOf, secretOf, smallFleet } from '../e2e/small-fleet.ts';

const json = (command: Command): unknown => JSON.parse(command.stdout);

function waitingFleet() {
  const fleet = smallFleet();
  const next = { ...documentOf('beta', NEW.beta), handover: { mode: 'acknowledged' } };
  const secrets = fleet.secrets.map((secret) =>
    secret.name === 'vpn/beta' ? secretOf('beta', next) : secret,
  );
  return { ...fleet, secrets };
}

describe('keyturn plan', () => {
  test('shows the steps in order and writes nothing', async () => {
    const local = await cloudOf(smallFleet());
    const shown = await keyturn(local, ['plan']);
    expect(shown).toMatchObject({ exit: 0, stderr: '' });
    const steps = shown.stdout.split('\n').filter((line) => /^ {2}\d /.test(line));
    expect(steps.map((line) => line.trim().split(/ +/).slice(0, 3).join(' '))).toEqual([
      '1 slave vco-beta-1/tun-beta-1b',
      '2 master vco-beta-1/tun-beta-1a',
      '1 slave vco-alpha-1/tun-alpha-1b',
      '2 slave vco-alpha-2/tun-alpha-2b',
      '3 master vco-alpha-1/tun-alpha-1a',
      '4 master vco-alpha-2/tun-alpha-2a',
    ]);
    expect(json(await keyturn(local, ['plan', '--json', '--secrets', 'vpn/beta']))).toMatchObject({
      schema: 'keyturn/plan/1',
      groups: [{ customerGatewayId: 'cgw-beta', verdict: 'ready', secrets: ['vpn/beta'] }],
    });
    expect(await writesOf(local)).toEqual([]);
  });

  test('ends with 3 where something waits', async () => {
    const local = await cloudOf(waitingFleet());
    expect(await keyturn(local, ['plan'])).toMatchObject({ exit: 3 });
  });
});

describe('keyturn rotate', () => {
  test('rotates once: progress beside, the table as the result', async () => {
    const local = await cloudOf(smallFleet());
    const environment = { KEYTURN_LEASE_SECRET: LEASE };
    const rotate = ['rotate', '--yes', '--reason', 'CHG-1'];
    const first = await keyturn(local, rotate, environment);
    expect(first).toMatchObject({ exit: 0 });
    expect(first.stdout).toMatch(/^converged: /m);
    expect(first.stderr).toMatch(/^run finished: converged$/m);
    expect(new Set(Object.values(keysOf(local)))).toEqual(new Set(Object.values(NEW)));
    const second = await keyturn(local, [...rotate, '--json'], environment);
    expect(second).toMatchObject({ exit: 0, stderr: '' });
    expect(json(second)).toMatchObject({
      schema: 'keyturn/report/1',
      outcome: 'unchanged',
      trigger: 'cli',
      requestReason: 'CHG-1',
      warnings: [],
    });
  });

  test('says in the report that no lease kept other runs away', async () => {
    const local = await cloudOf(smallFleet());
    const report = json(await keyturn(local, ['rotate', '--yes', '--json']));
    expect(report).toMatchObject({
      warnings: expect.arrayContaining([{ code: 'no-lease', detail: '' }]),
    });
  });

  test('ends with 3 where the far end is not ready, and leaves it alone', async () => {
    const local = await cloudOf(waitingFleet());
    const { exit } = await keyturn(local, ['rotate', '--yes', '--secrets', 'vpn/beta']);
    expect(exit).toBe(3);
    expect(keysOf(local)).toMatchObject({ 'vco-beta-1/tun-beta-1a': OLD.beta });
  });

  test('ends with 2 where a far end does not get the next key', async () => {
    const fleet = smallFleet();
    const farEnd = { policy: 'never', keys: [OLD.beta] } as const;
    const next = {
      ...documentOf('beta', NEW.beta),
      proof: { require: 'proven', timeoutSeconds: 5 },
    };
    const local = await cloudOf({
      ...fleet,
      connections: fleet.connections.map((connection) => ({
        ...connection,
        tunnels: connection.tunnels.map((tunnel) => ({ ...tunnel, farEnd })),
      })),
      secrets: [secretOf('beta', next)],
    });
    const { exit, stdout } = await keyturn(local, ['rotate', '--yes', '--json']);
    expect(exit).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ groups: [{ verdict: 'restored' }] });
    expect(keysOf(local)).toMatchObject({ 'vco-beta-1/tun-beta-1b': OLD.beta });
  });

  test('refuses where nobody can be asked', async () => {
    const local = await cloudOf(smallFleet());
    const { exit, stderr } = await keyturn(local, ['rotate']);
    expect(exit).toBe(1);
    expect(stderr).toContain('--yes');
    expect(await writesOf(local)).toEqual([]);
  });
});

describe('keyturn restore', () => {
  const leased = { KEYTURN_LEASE_SECRET: LEASE };

  test('takes what it names back to the version before, and leaves the rest', async () => {
    const local = await cloudOf(smallFleet());
    await keyturn(local, ['rotate', '--yes'], leased);
    const back = await keyturn(local, ['restore', '--only', 'cgw-beta', '--yes', '--json'], leased);
    expect(back).toMatchObject({ exit: 0, stderr: '' });
    expect(json(back)).toMatchObject({ groups: [{ customerGatewayId: 'cgw-beta' }] });
    expect(keysOf(local)).toMatchObject({
      'vco-beta-1/tun-beta-1a': OLD.beta,
      'vco-beta-1/tun-beta-1b': OLD.beta,
      'vco-alpha-1/tun-alpha-1a': NEW.alpha,
    });
    const after = await keyturn(local, ['status', '--only', 'vpn/beta', '--json']);
    expect(json(after)).toMatchObject({ secrets: [{ current: { versionId: 'v1' } }] });
  });

  test('goes back nowhere unless it is told what', async () => {
    const local = await cloudOf(smallFleet());
    expect(await keyturn(local, ['restore', '--yes'], leased)).toMatchObject({ exit: 1 });
    expect(await writesOf(local)).toEqual([]);
  });
});

test('keyturn status shows labels, ages and verdicts', async () => {
  const local = await cloudOf(smallFleet());
  const shown = await keyturn(local, ['status']);
  expect(shown).toMatchObject({ exit: 0, stderr: '' });
  expect(shown.stdout).toMatch(
    /^▸ vpn\/beta +v1, 0 d +v2, 0 d +by hand +not begun +the next run$/m,
  );
  expect(json(await keyturn(local, ['status', '--json']))).toMatchObject({
    schema: 'keyturn/status/1',
    secrets: [{ name: 'vpn/alpha' }, { name: 'vpn/beta' }],
    groups: [{ openSteps: 2 }, { openSteps: 4 }],
  });
});

describe('a usage fault ends with 1 and says which', () => {
  test.each([
    [['rotate', '--no-such-option'], '--no-such-option'],
    [['no-such-command'], 'no-such-command'],
    [['plan', '--region', 'Hangzhou!'], '--region'],
    [['plan', '--secrets', 'vpn/*,kms/*'], '--secrets'],
    [['local', '--port', 'first'], '--port'],
  ])('%j', async (args, place) => {
    const local = await cloudOf(smallFleet());
    const { exit, stdout, stderr } = await keyturn(local, args);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
    expect(stderr).toContain(place);
  });
});
