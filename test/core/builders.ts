import fc from 'fast-check';
import { expect } from 'vitest';
import { matchClaims } from '../../functions/core/claims.ts';
import type { Claim, Claimant } from '../../functions/core/claims.ts';
import { SETTING_NAMES } from '../../functions/core/compare.ts';
import type { RotationDocument, Target } from '../../functions/core/document.ts';
import type {
  Connection,
  Fleet,
  Role,
  SaStatus,
  Tunnel,
  VpnGateway,
} from '../../functions/core/fleet.ts';
import { groupsOf } from '../../functions/core/groups.ts';
import type { GroupPlan } from '../../functions/core/group-plan.ts';
import type { Settings } from '../../functions/core/parameters.ts';
import { planGroups } from '../../functions/core/plan.ts';
import type { ClaimState } from '../../functions/core/plan.ts';
import { Redacted } from '../../functions/core/redacted.ts';

// Two keys look alike to a comparison of fields, since neither shows its own.
expect.addEqualityTesters([
  (a: unknown, b: unknown) =>
    a instanceof Redacted && b instanceof Redacted ? a.equals(b) : undefined,
]);

export const REGION = 'cn-hangzhou';
export const OLD = new Redacted('example-psk-old');
export const NEW = new Redacted('example-psk-new');
export const OTHER = new Redacted('example-psk-other');
export const SETTINGS: Settings = { ikeVersion: 'ikev2', ikePfs: 'group14', dpd: true };

export const readable = (key: Redacted) => ({ kind: 'readable', key }) as const;
export const MASKED = { kind: 'masked' } as const;

export function tunnel(changes: Partial<Tunnel> = {}): Tunnel {
  return {
    tunnelId: 'tun-1',
    role: 'master',
    index: null,
    state: 'active',
    sa: 'up',
    customerGatewayId: 'cgw-1',
    key: readable(OLD),
    settings: SETTINGS,
    bgpEnabled: false,
    ...changes,
  };
}

/** Two tunnels by default, master first: the planner has to turn them round. */
export function connection(changes: Partial<Connection> = {}): Connection {
  const { vpnConnectionId = 'vco-a' } = changes;
  return {
    regionId: REGION,
    vpnConnectionId,
    name: '',
    kind: 'dual-tunnel',
    vpnGatewayId: 'vpn-1',
    state: 'active',
    localSubnets: '192.0.2.0/24',
    remoteSubnets: '198.51.100.0/24',
    effectImmediately: false,
    tunnels: [
      tunnel({ tunnelId: `${vpnConnectionId}-m` }),
      tunnel({ tunnelId: `${vpnConnectionId}-s`, role: 'slave' }),
    ],
    ...changes,
  };
}

/** The same connection with something changed on every tunnel. */
export function withTunnels(original: Connection, change: (old: Tunnel) => Partial<Tunnel>) {
  const tunnels = original.tunnels.map((old) => ({ ...old, ...change(old) }));
  return { ...original, tunnels };
}

export function gateway(changes: Partial<VpnGateway> = {}): VpnGateway {
  return {
    regionId: REGION,
    vpnGatewayId: 'vpn-1',
    name: '',
    status: 'active',
    financialLocked: false,
    shangMi: false,
    ...changes,
  };
}

export function fleet(...connections: readonly Connection[]): Fleet {
  return { gateways: [gateway()], connections };
}

export function target(changes: Partial<Target> = {}): Target {
  return {
    path: 'targets[0]',
    regionId: REGION,
    vpnConnectionId: 'vco-a',
    tunnelId: null,
    key: NEW,
    settings: {},
    ...changes,
  };
}

export function rotation(
  targets: readonly Target[] = [target()],
  changes: Partial<RotationDocument> = {},
): RotationDocument {
  return {
    targets,
    handover: { mode: 'immediate' },
    proof: { require: 'established', timeoutSeconds: 300 },
    onFailure: 'restore',
    allowInterruption: false,
    groupStrategy: 'in-place',
    rotateEveryDays: null,
    window: null,
    ...changes,
  };
}

export function claimant(
  document: RotationDocument = rotation(),
  secretName = 'psk/a',
  versionId = 'v2',
): Claimant {
  return { secretName, versionId, document };
}

export function state(changes: Partial<ClaimState> = {}): ClaimState {
  return {
    promote: true,
    waiting: null,
    held: null,
    closed: null,
    overdue: false,
    believed: () => null,
    ...changes,
  };
}

/** Matches and plans; every claimant is in the same state unless `states` says otherwise. */
export function planned(
  world: Fleet,
  claimants: readonly Claimant[],
  states: Readonly<Record<string, Partial<ClaimState>>> = {},
): readonly GroupPlan[] {
  return planGroups({
    fleet: world,
    claims: claimed(world, claimants),
    states: new Map(
      claimants.map(({ secretName }) => [secretName, state(states[secretName] ?? {})]),
    ),
  });
}

export function claimed(world: Fleet, claimants: readonly Claimant[]): readonly Claim[] {
  return matchClaims(claimants, world, groupsOf(world)).groups;
}

/** The fleet after every step of the plans: each tunnel holds what the step's `after` says. */
export function applied(world: Fleet, plans: readonly GroupPlan[]): Fleet {
  const steps = plans.flatMap((plan) => plan.steps);
  const connections = world.connections.map((old) => ({
    ...old,
    tunnels: old.tunnels.map((before): Tunnel => {
      const step = steps.find(
        ({ tunnel: ref }) =>
          ref.regionId === old.regionId &&
          ref.vpnConnectionId === old.vpnConnectionId &&
          ref.tunnelId === before.tunnelId,
      );
      if (step === undefined) return before;
      const { key, settings } = step.after;
      const { customerGatewayId = before.customerGatewayId, ...rest } = settings;
      return {
        ...before,
        key: key === null ? before.key : readable(key),
        customerGatewayId,
        settings: rest,
      };
    }),
  }));
  return { ...world, connections };
}

const KEYS = [OLD, NEW, OTHER] as const;
const SETTING_VALUES = {
  ikeVersion: fc.constantFrom('ikev1', 'ikev2'),
  ikePfs: fc.constantFrom('group2', 'group14'),
  ikeLifetimeSeconds: fc.constantFrom(3600, 86_400),
  remoteId: fc.constantFrom('192.0.2.1', '192.0.2.2'),
  ipsecEncryption: fc.constantFrom('aes', 'aes256'),
  dpd: fc.boolean(),
};
const CUSTOMER_GATEWAYS = fc.constantFrom('cgw-1', 'cgw-2');
const readSettings: fc.Arbitrary<Settings> = fc.record(SETTING_VALUES, { requiredKeys: [] });
const namedByDocuments: fc.Arbitrary<Settings> = fc.record(
  { ...SETTING_VALUES, customerGatewayId: CUSTOMER_GATEWAYS },
  { requiredKeys: [] },
);

const tunnelArbitrary = (role: Role, index: number | null, masked: boolean) =>
  fc
    .record({
      sa: fc.constantFrom<SaStatus>('up', 'up', 'down', 'phase1', 'unknown'),
      customerGatewayId: CUSTOMER_GATEWAYS,
      key: fc.constantFrom(
        ...KEYS.map(readable),
        ...(masked ? [MASKED, { kind: 'empty' } as const] : []),
      ),
      settings: readSettings,
      bgpEnabled: fc.boolean(),
    })
    .map((drawn) => tunnel({ role, index, ...drawn }));

const ROLES = {
  'dual-tunnel': [
    ['master', null],
    ['slave', null],
  ],
  'single-tunnel': [['only', null]],
  attachment: [
    ['equal', 1],
    ['equal', 2],
  ],
} as const;

const connectionArbitrary = (id: number, masked: boolean): fc.Arbitrary<Connection> =>
  fc
    .constantFrom('dual-tunnel', 'dual-tunnel', 'single-tunnel', 'attachment')
    .chain((kind) =>
      fc.record({
        kind: fc.constant(kind),
        vpnGatewayId: fc.constantFrom('vpn-1', 'vpn-2'),
        tunnels: fc.tuple(
          ...ROLES[kind].map(([role, index]) => tunnelArbitrary(role, index, masked)),
        ),
        turned: fc.boolean(),
      }),
    )
    .map(({ kind, vpnGatewayId, tunnels, turned }) => {
      const named = tunnels.map((drawn, at) => ({
        ...drawn,
        tunnelId: kind === 'single-tunnel' ? null : `tun-${id}-${at}`,
      }));
      return connection({
        vpnConnectionId: `vco-${id}`,
        kind,
        vpnGatewayId: kind === 'attachment' ? null : vpnGatewayId,
        tunnels: turned ? named.toReversed() : named,
      });
    });

/** Up to five connections of every kind on two gateways and two customer gateways. */
export function fleets(options: { readonly masked: boolean }): fc.Arbitrary<Fleet> {
  return fc
    .integer({ min: 1, max: 5 })
    .chain((count) =>
      fc.tuple(
        ...Array.from({ length: count }, (_, id) => connectionArbitrary(id, options.masked)),
      ),
    )
    .map((connections) => ({
      gateways: [gateway(), gateway({ vpnGatewayId: 'vpn-2' })],
      connections,
    }));
}

/** A document that names some connections of the fleet, whole or tunnel by tunnel. */
export function rotationsFor(world: Fleet): fc.Arbitrary<RotationDocument> {
  const every = world.connections.flatMap((one) =>
    one.tunnels.map(({ tunnelId }) => ({ vpnConnectionId: one.vpnConnectionId, tunnelId })),
  );
  return fc
    .record({
      named: fc.oneof(fc.constant(every), fc.subarray(every, { minLength: 1 })),
      key: fc.constantFrom(NEW, NEW, OTHER, null),
      settings: fc.oneof(fc.constant({}), namedByDocuments),
      odd: fc.record({ at: fc.nat(), key: fc.constantFrom(OLD, NEW, OTHER), on: fc.boolean() }),
      allowInterruption: fc.boolean(),
    })
    .map(({ named, key, settings, odd, allowInterruption }) =>
      rotation(
        named.map((ref, at) =>
          target({
            ...ref,
            path: `targets[${at}]`,
            key: odd.on && at === odd.at % named.length ? odd.key : key,
            settings,
          }),
        ),
        { allowInterruption },
      ),
    );
}

/** Every setting that has a value, in the order of the API page. */
export function namedSettings(settings: Settings): readonly (keyof Settings)[] {
  return SETTING_NAMES.filter((name) => settings[name] !== undefined);
}
