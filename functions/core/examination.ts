import type { ApiError, Outcome } from './failure.ts';
import type { Connection, Fleet } from './fleet.ts';
import { groupsOf } from './groups.ts';
import { sharesIke } from './compare.ts';
import type { Wanted } from './compare.ts';
import type { Tunnel } from './fleet.ts';
import { seconds } from './units.ts';
import type { DurationMs } from './units.ts';

/** `attention`: it will or may go wrong; `open`: it could not be found out. */
export type CheckState = 'ok' | 'attention' | 'failed' | 'open';

export interface Check {
  readonly area: 'access' | 'clocks' | 'secrets' | 'gateways' | 'quotas';
  /** What was looked at: an action, a secret, a gateway. */
  readonly what: string;
  readonly state: CheckState;
  /** What was found, in a few words. */
  readonly found: string;
  /** What a person does about it; empty where nothing is to be done. */
  readonly remedy: string;
}

/** Something that no documentation says, and what this account shows of it. */
export interface Settled {
  /** As docs/fidelity.md calls it. */
  readonly unknown: string;
  /** Null: looking alone does not tell. */
  readonly answer: string | null;
  readonly because: string;
}

const ACCESS_REMEDY = 'Compare the role with policies/keyturn-rotate.policy.json.';

/** Codes about the caller itself rather than about what it may do, by how they begin, in lower case. */
const CALLER: readonly (readonly [begins: string, found: string, remedy: string])[] = [
  [
    'invalidcredentials',
    'no credentials',
    'Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or run `aliyun configure`.',
  ],
  ['invalidaccesskey', 'the access key is unknown', 'Use an access key of this account.'],
  ['forbidden.accesskey', 'the access key is disabled', 'Enable it, or use another one.'],
  ['signaturedoesnotmatch', 'the access key’s secret is wrong', 'Set it again.'],
  ['incompletesignature', 'the access key’s secret is wrong', 'Set it again.'],
  ['invalidsecuritytoken', 'the temporary credentials are over', 'Take new ones.'],
  [
    'missingsecuritytoken',
    'the security token is missing',
    'Set ALIBABA_CLOUD_SECURITY_TOKEN too.',
  ],
  ['illegaltimestamp', 'the clock is too far off', 'Set this machine’s clock.'],
  ['invalidtimestamp', 'the clock is too far off', 'Set this machine’s clock.'],
];

/** What is wrong with the caller itself; null where a failed call does not say so. */
export function callerFault({ code }: ApiError): Check | null {
  const known = CALLER.find(([begins]) => code.toLowerCase().startsWith(begins));
  if (known === undefined) return null;
  const [, found, remedy] = known;
  return {
    area: 'access',
    what: 'credentials',
    state: 'failed',
    found: `${found} (${code})`,
    remedy,
  };
}

/**
 * Whether an action is allowed, from one harmless call of it. `missing` names something that cannot exist,
 * so that a write was asked for and nothing could be written: not found is what is hoped for.
 */
export function permission(
  action: string,
  outcome: Outcome<unknown>,
  asked: 'what is there' | 'missing',
): Check {
  const check = (state: CheckState, found: string, remedy = ''): Check => ({
    area: 'access',
    what: action,
    state,
    found,
    remedy,
  });
  switch (outcome.kind) {
    case 'ok':
      return check('ok', 'allowed');
    case 'denied':
      return check('failed', `denied (${outcome.error.code})`, ACCESS_REMEDY);
    case 'notFound':
      return asked === 'missing'
        ? check('ok', 'not denied')
        : check(
            'attention',
            `not found (${outcome.error.code})`,
            'Check the names and the region.',
          );
    case 'refused':
      return asked === 'missing'
        ? check('open', `not denied, refused otherwise (${outcome.error.code})`)
        : check('failed', `refused (${outcome.error.code})`);
    case 'unknown':
      return check(
        'failed',
        `no answer (${outcome.error.code})`,
        'Check the endpoint and the network.',
      );
    case 'busy':
    case 'throttled':
    case 'tokenInProgress':
      return check('open', `busy (${outcome.error.code})`, 'Try again later.');
  }
}

/** Two holders of the lease may differ by this much; the services refuse requests 15 minutes off. */
const SKEW_ATTENTION = seconds(10);
const SKEW_FAILED = seconds(15 * 60);

/** This machine's clock against a service's; `ahead` null where the service did not say. */
export function clock(service: string, ahead: DurationMs | null): Check {
  const check = { area: 'clocks', what: service } as const;
  if (ahead === null) {
    return { ...check, state: 'open', found: 'it does not say its time', remedy: '' };
  }
  const off = Math.abs(ahead);
  const side = ahead < 0 ? 'behind' : 'ahead';
  const found = off < 2000 ? 'within 2 s' : `this machine is ${Math.round(off / 1000)} s ${side}`;
  const remedy = 'Set this machine’s clock: leases and signatures depend on it.';
  if (off >= SKEW_FAILED) return { ...check, state: 'failed', found, remedy };
  if (off >= SKEW_ATTENTION) return { ...check, state: 'attention', found, remedy };
  return { ...check, state: 'ok', found, remedy: '' };
}

/** The health of every gateway and of the connections behind it. */
export function gatewayChecks({ gateways, connections }: Fleet): readonly Check[] {
  return gateways.map((gateway) => {
    const behind = connections.filter(({ vpnGatewayId }) => vpnGatewayId === gateway.vpnGatewayId);
    const check = (state: CheckState, found: string, remedy = ''): Check => ({
      area: 'gateways',
      what: `${gateway.regionId}/${gateway.vpnGatewayId}`,
      state,
      found,
      remedy,
    });
    if (gateway.financialLocked) {
      return check('failed', 'locked for overdue payment', 'Settle the account.');
    }
    if (gateway.shangMi) return check('ok', 'ShangMi: certificates, left alone');
    if (gateway.status !== 'active') {
      return check('attention', gateway.status, 'Runs wait while it is updating.');
    }
    const lonely = behind.filter((connection) => !hasSecondPath(connection));
    return lonely.length === 0
      ? check('ok', `active, ${behind.length} with two paths`)
      : check(
          'attention',
          `no second path: ${lonely.map(({ vpnConnectionId }) => vpnConnectionId).join(', ')}`,
          'Bring the other tunnel up, or say "allowInterruption": true in the document.',
        );
  });
}

const hasSecondPath = ({ tunnels }: Connection): boolean =>
  tunnels.filter(({ sa }) => sa === 'up').length > 1;

/** What the tunnels that are there say of what no documentation says. */
export function settledByFleet(fleet: Fleet): readonly Settled[] {
  const tunnels = fleet.connections.flatMap((connection) => connection.tunnels);
  return [keyOnRead(tunnels), sameGatewayScope(fleet)];
}

function keyOnRead(tunnels: readonly Tunnel[]): Settled {
  const kinds = [...new Set(tunnels.map(({ key }) => key.kind))];
  const words = { readable: 'plain', masked: 'masked', empty: 'empty' } as const;
  const answer = kinds.length === 1 && kinds[0] !== undefined ? words[kinds[0]] : null;
  const because =
    tunnels.length === 0
      ? 'there is no tunnel to look at'
      : `of ${tunnels.length} tunnels: ${kinds.map((kind) => words[kind]).join(', ')}`;
  return { unknown: 'keyOnRead', answer, because };
}

/** Two tunnels that differ although they share a customer gateway show where the rule is not kept. */
function sameGatewayScope(fleet: Fleet): Settled {
  const pairs = [...groupsOf(fleet).values()].flatMap(({ members }) =>
    members.flatMap((one, at) => members.slice(at + 1).map((other) => ({ one, other }))),
  );
  const differing = pairs.filter(
    ({ one, other }) => !sharesIke(asItIs(one.tunnel), asItIs(other.tunnel)),
  );
  const between = differing.find(({ one, other }) => one.connection !== other.connection);
  const within = differing.find(({ one, other }) => one.connection === other.connection);
  const unknown = 'sameGatewayRule';
  if (between !== undefined) {
    const ids = [between.one, between.other].map(({ connection }) => connection.vpnConnectionId);
    return {
      unknown,
      answer: 'not kept',
      because: `${ids.join(' and ')} differ on one customer gateway`,
    };
  }
  if (within === undefined)
    return { unknown, answer: null, because: 'no tunnels on one customer gateway differ' };
  return {
    unknown,
    answer: 'not between the tunnels of one connection',
    because: `those of ${within.one.connection.vpnConnectionId} differ`,
  };
}

const asItIs = (tunnel: Tunnel): { readonly tunnel: Tunnel; readonly wanted: Wanted } => ({
  tunnel,
  wanted: {
    key: tunnel.key.kind === 'readable' ? tunnel.key.key : null,
    settings: tunnel.settings,
  },
});
