import { describe, expect, test } from 'vitest';
import { audit, worst } from '../../functions/core/audit.ts';
import type { AuditInput } from '../../functions/core/audit.ts';
import type { AuditCode } from '../../functions/core/audit-codes.ts';
import { reason } from '../../functions/core/codes.ts';
import type { RotationDocument } from '../../functions/core/document.ts';
import type { Settings } from '../../functions/core/parameters.ts';
import { Redacted } from '../../functions/core/redacted.ts';
import { epochMs } from '../../functions/core/units.ts';
import {
  MASKED,
  NEW,
  OLD,
  OTHER,
  connection,
  fleet,
  readable,
  rotation,
  target,
  withTunnels,
} from './builders.ts';

const DAY_MS = 86_400_000;
const NOW = epochMs(Date.UTC(2026, 10, 23));

const GOOD: Settings = { ikeVersion: 'ikev2', ikePfs: 'group14' };
const A = withTunnels(connection(), () => ({ settings: GOOD }));

interface Given extends Partial<AuditInput> {
  readonly current?: RotationDocument | null;
  readonly next?: RotationDocument;
  readonly held?: boolean;
  readonly ageDays?: number;
}

/** Findings of the group `cgw-1` and of the secret `psk/a`, whose current version says what is live. */
function look(given: Given = {}) {
  const { current, next, held = false, ageDays = 30, ...input } = given;
  const document = current ?? rotation([target({ key: OLD })], { rotateEveryDays: 90 });
  const createdAt = epochMs(NOW - ageDays * DAY_MS);
  const stored = (versionId: string, labels: readonly string[], said: RotationDocument) => ({
    version: { versionId, labels, createdAt },
    entry: [versionId, { kind: 'document', document: said }] as const,
  });
  const versions = [
    ...(current === null ? [] : [stored('v1', ['ACSCurrent'], document)]),
    ...(next === undefined
      ? []
      : [stored('v2', ['KeyturnNext', ...(held ? ['KeyturnHeld'] : [])], next)]),
  ];
  const snapshot = {
    name: 'psk/a',
    versions: versions.map(({ version }) => version),
    documents: new Map(versions.map(({ entry }) => entry)),
    before: null,
  };
  return audit({
    fleet: fleet(A),
    secrets: [{ snapshot, waiting: null, full: false }],
    unusable: new Map(),
    now: NOW,
    maxAgeDays: 365,
    baselines: ['rfc'],
    ...input,
  });
}

const codes = (findings: readonly { readonly code: AuditCode }[]) =>
  findings.map(({ code }) => code);
const ofGroup = (given: Given) => codes(look(given).groups[0]?.findings ?? []);
const ofSecret = (given: Given) => codes(look(given).secrets[0]?.findings ?? []);

test('what is as it should be passes, with its age', () => {
  const { groups, secrets } = look();
  expect(groups).toMatchObject([
    { customerGatewayId: 'cgw-1', verdict: 'pass', secrets: ['psk/a'], keyAgeDays: 30 },
  ]);
  expect(secrets).toEqual([
    {
      name: 'psk/a',
      verdict: 'pass',
      currentVersionId: 'v1',
      keyAgeDays: 30,
      rotateEveryDays: 90,
      dueAt: NOW + 60 * DAY_MS,
      versions: 1,
      findings: [],
    },
  ]);
});

describe('a secret', () => {
  test.each<[string, Given, readonly AuditCode[]]>([
    ['due today', { ageDays: 90 }, ['rotation-due']],
    ['not yet due', { ageDays: 89 }, []],
    ['older than allowed', { ageDays: 366 }, ['key-too-old', 'rotation-due']],
    ['as old as allowed', { ageDays: 365 }, ['rotation-due']],
    ['without a period', { current: rotation([target({ key: OLD })]) }, ['no-period']],
    ['with a next version', { next: rotation() }, ['next-waiting']],
    ['held', { next: rotation(), held: true }, ['held', 'next-waiting']],
  ])('%s', (_name, given, expected) => {
    expect(ofSecret(given)).toEqual(expected);
  });

  test('with its versions full', () => {
    const full = look().secrets.length;
    expect(full).toBe(1);
    const snapshot = { name: 'psk/a', versions: [], documents: new Map(), before: null };
    expect(ofSecret({ secrets: [{ snapshot, waiting: null, full: true }] })).toEqual([
      'versions-full',
    ]);
  });

  test('says why its next version waits', () => {
    const snapshot = {
      name: 'psk/a',
      versions: [{ versionId: 'v2', labels: ['KeyturnNext'], createdAt: NOW }],
      documents: new Map(),
      before: null,
    };
    const waiting = reason('peer-not-ready', 'version v2');
    const [secret] = look({ secrets: [{ snapshot, waiting, full: false }] }).secrets;
    expect(secret?.findings[0]?.detail).toBe('version v2: peer-not-ready version v2');
  });

  test('that could not be read is unknown, not fine', () => {
    const unusable = new Map([['psk/b', reason('permission-denied', 'GetSecretValue')]]);
    const { secrets } = look({ secrets: [], unusable });
    expect(secrets).toMatchObject([
      { name: 'psk/b', verdict: 'unknown', findings: [{ code: 'unreadable' }] },
    ]);
  });
});

describe('a group', () => {
  const live = (change: Parameters<typeof withTunnels>[1]): Given => ({
    fleet: fleet(withTunnels(A, change)),
  });
  const B = withTunnels(connection({ vpnConnectionId: 'vco-b' }), () => ({ settings: GOOD }));
  const both = rotation([target({ key: OLD }), target({ vpnConnectionId: 'vco-b', key: OLD })]);

  test.each<[string, Given, readonly AuditCode[]]>([
    [
      'that no document names',
      { current: rotation([target({ vpnConnectionId: 'vco-x' })]) },
      ['no-document'],
    ],
    ['that has another key than stored', live(() => ({ key: readable(OTHER) })), ['not-as-stored']],
    [
      'half way to the next version',
      { ...live(({ role }) => (role === 'slave' ? { key: readable(NEW) } : {})), next: rotation() },
      [],
    ],
    ['whose keys are masked', live(() => ({ key: MASKED })), ['key-unreadable']],
    [
      'with one tunnel down',
      live(({ role }) => (role === 'slave' ? { sa: 'down' } : {})),
      ['tunnel-down'],
    ],
    ['with both tunnels down', live(() => ({ sa: 'phase1' })), ['connection-down']],
    ['of two connections that agree', { fleet: fleet(A, B), current: both }, []],
    [
      'of two connections whose slaves have different keys',
      {
        fleet: fleet(
          A,
          withTunnels(B, ({ role }) => (role === 'slave' ? { key: readable(NEW) } : {})),
        ),
        current: both,
      },
      ['not-as-stored', 'ike-differs'],
    ],
    [
      'of two connections with different IKE settings',
      {
        fleet: fleet(
          A,
          withTunnels(B, () => ({ settings: { ...GOOD, ikePfs: 'group5' } })),
        ),
        current: both,
      },
      ['ike-differs', 'crypto-weak'],
    ],
  ])('%s', (_name, given, expected) => {
    expect(ofGroup(given)).toEqual(expected);
  });

  test('names the tunnels it is about', () => {
    const { groups } = look(live(({ role }) => (role === 'slave' ? { sa: 'down' } : {})));
    expect(groups[0]?.findings[0]?.tunnels).toEqual(['cn-hangzhou/vco-a/vco-a-s']);
    expect(groups[0]?.verdict).toBe('warn');
  });

  test('with the key of another customer gateway', () => {
    const other = withTunnels(B, () => ({ customerGatewayId: 'cgw-2' }));
    const { groups } = look({ fleet: fleet(A, other), current: both });
    expect(
      groups.map(({ findings }) => findings.map(({ code, detail }) => [code, detail])),
    ).toEqual([
      [['key-shared', 'cn-hangzhou/vpn-1/cgw-2']],
      [['key-shared', 'cn-hangzhou/vpn-1/cgw-1']],
    ]);
  });
});

describe('crypto', () => {
  const weak: Given = {
    fleet: fleet(withTunnels(A, () => ({ settings: { ...GOOD, ikePfs: 'group2' } }))),
  };

  test('is judged by the baselines that count; the others are listed with it', () => {
    expect(ofGroup(weak)).toEqual(['crypto-weak']);
    expect(ofGroup({ ...weak, baselines: ['nist'] })).toEqual(['crypto-prohibited']);
    const [finding] = look(weak).groups[0]?.findings ?? [];
    expect(finding).toMatchObject({
      crypto: { setting: 'ikePfs', value: 'group2' },
      detail: 'ikePfs group2',
    });
    expect(finding?.crypto?.against).toContainEqual({
      baseline: 'nist',
      judged: 'prohibited',
      source: 'SP 800-77r1 §5.1.2',
      confirmed: false,
    });
    expect(finding?.tunnels).toHaveLength(2);
  });

  test('that cannot be better is noted, not failed', () => {
    expect(ofGroup({ baselines: ['bsi'] })).toEqual(['crypto-unattainable']);
    expect(look({ baselines: ['bsi'] }).groups[0]?.verdict).toBe('pass');
  });
});

test('no finding says anything of a key', () => {
  const world = fleet(
    withTunnels(A, () => ({ key: readable(OTHER) })),
    withTunnels(connection({ vpnConnectionId: 'vco-b' }), () => ({
      key: readable(OTHER),
      customerGatewayId: 'cgw-2',
    })),
  );
  const text = JSON.stringify(look({ fleet: world, next: rotation() }));
  for (const key of [OLD, NEW, OTHER]) expect(text).not.toContain(key.expose());
  expect(text).not.toContain(new Redacted('x').toString());
});

test('the worst of several verdicts', () => {
  expect(worst([])).toBe('pass');
  expect(worst(['pass', 'warn'])).toBe('warn');
  expect(worst(['warn', 'unknown'])).toBe('unknown');
  expect(worst(['unknown', 'fail', 'pass'])).toBe('fail');
});
