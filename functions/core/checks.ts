import { reason } from './codes.ts';
import type { Reason } from './codes.ts';
import type { Claim } from './claims.ts';
import { sharesIke } from './compare.ts';
import { tunnelName } from './fleet.ts';
import type { Connection, VpnGateway } from './fleet.ts';
import { refOf } from './groups.ts';
import type { Member } from './groups.ts';
import type { GroupRules } from './group-plan.ts';
import type { Step } from './steps.ts';

/** All that a check may look at. */
export interface CheckInput {
  readonly claim: Claim;
  readonly rules: GroupRules;
  readonly gateway: VpnGateway | null;
  readonly steps: readonly Step[];
}

type Check = (input: CheckInput) => Reason | null;

/** In this order; the first that fires gives the group's reason. */
export const CHECKS: readonly {
  readonly name: string;
  readonly because: string;
  readonly check: Check;
}[] = [
  {
    name: 'claim',
    because: 'half a group, or two wishes for one tunnel, has no right order',
    check: (input) => input.claim.fault,
  },
  {
    name: 'agreement',
    because: 'tunnels on one customer gateway share an IKE SA',
    check: disagreement,
  },
  {
    name: 'gateway',
    because: 'a locked, ShangMi or half-built gateway refuses or cannot take a key',
    check: gatewayUnfit,
  },
  {
    name: 'connection',
    because: 'a connection being attached or deleted takes no change',
    check: connectionUnfit,
  },
  { name: 'bgp', because: 'the tunnel call cannot turn BGP on', check: bgpOff },
  {
    name: 'restorable',
    because: 'what cannot be put back must not be overwritten',
    check: notRestorable,
  },
  {
    name: 'partner',
    because: 'restating a key on belief could change the tunnel that carries the traffic',
    check: partnerUnreadable,
  },
  {
    name: 'second path',
    because: 'a change takes its tunnel down for a moment',
    check: noSecondPath,
  },
];

export function firstReason(input: CheckInput): Reason | null {
  for (const { check } of CHECKS) {
    const found = check(input);
    if (found !== null) return found;
  }
  return null;
}

const name = (member: Member): string => tunnelName(refOf(member));

/**
 * The rule holds between connections, not between the two tunnels of one, and masters and slaves have
 * SAs of their own (the vendor's own examples give the two tunnels of a connection different keys).
 */
function disagreement({ claim }: CheckInput): Reason | null {
  const { members } = claim.group;
  const wish = (member: Member) => claim.wanted.get(name(member)) ?? { key: null, settings: {} };
  for (const [at, member] of members.entries()) {
    const other = members.slice(0, at).find((earlier) => {
      if (earlier.connection === member.connection) return false;
      if (earlier.tunnel.role !== member.tunnel.role) return false;
      return !sharesIke(
        { tunnel: earlier.tunnel, wanted: wish(earlier) },
        { tunnel: member.tunnel, wanted: wish(member) },
      );
    });
    if (other !== undefined) {
      return reason('group-contradicts', `${name(other)} and ${name(member)}`);
    }
  }
  return null;
}

function gatewayUnfit({ claim, gateway }: CheckInput): Reason | null {
  const { vpnGatewayId } = claim.group;
  if (vpnGatewayId === null) return null;
  if (gateway === null) return reason('gateway-not-found', vpnGatewayId);
  if (gateway.shangMi) return reason('gateway-shangmi', vpnGatewayId);
  if (gateway.financialLocked) return reason('gateway-locked', vpnGatewayId);
  if (gateway.status !== 'active' && gateway.status !== 'updating') {
    return reason('gateway-not-active', `${vpnGatewayId} is ${gateway.status}`);
  }
  return null;
}

/** `updating` is somebody's change in progress: the run waits for it. */
const WORKABLE = new Set(['active', 'attached', 'init', 'updating', 'upgrading']);

function connectionUnfit({ claim }: CheckInput): Reason | null {
  const unfit = (connection: Connection): boolean => !WORKABLE.has(connection.state);
  for (const member of claim.group.members) {
    const { connection, tunnel } = member;
    if (unfit(connection)) {
      return reason(
        'connection-not-active',
        `${connection.vpnConnectionId} is ${connection.state}`,
      );
    }
    if (tunnel.state === 'deleting')
      return reason('connection-not-active', `${name(member)} is deleting`);
  }
  return null;
}

function bgpOff({ claim }: CheckInput): Reason | null {
  for (const member of claim.group.members) {
    const settings = claim.wanted.get(name(member))?.settings;
    if (member.tunnel.bgpEnabled || settings === undefined) continue;
    const named =
      settings.bgpLocalAsn !== undefined ||
      settings.bgpLocalIp !== undefined ||
      settings.bgpTunnelCidr !== undefined;
    if (named) return reason('bgp-off', name(member));
  }
  return null;
}

function notRestorable({ steps, rules }: CheckInput): Reason | null {
  if (rules.onFailure === 'hold') return null;
  const blind = steps.find((step) => step.before.key === null);
  return blind === undefined ? null : reason('not-restorable', tunnelName(blind.tunnel));
}

function partnerUnreadable({ claim, steps, rules }: CheckInput): Reason | null {
  if (rules.allowInterruption) return null;
  for (const { connection, tunnel } of claim.group.members) {
    const written = steps.some(
      (step) =>
        step.call === 'ModifyVpnAttachmentAttribute' &&
        step.tunnel.vpnConnectionId === connection.vpnConnectionId,
    );
    const blind = connection.tunnels.find(
      (other) => other !== tunnel && other.key.kind !== 'readable',
    );
    if (written && blind !== undefined) {
      return reason('partner-unreadable', name({ connection, tunnel: blind }));
    }
  }
  return null;
}

function noSecondPath({ steps, rules }: CheckInput): Reason | null {
  if (rules.allowInterruption) return null;
  const lonely = steps.find((step) => step.interrupts === 'only-path');
  return lonely === undefined ? null : reason('no-second-path', tunnelName(lonely.tunnel));
}
