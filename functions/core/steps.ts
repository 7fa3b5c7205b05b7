import { completed, differences, restated } from './compare.ts';
import type { Field, Wanted } from './compare.ts';
import type { Connection, Role, Tunnel, TunnelRef } from './fleet.ts';
import { refOf } from './groups.ts';
import type { Member } from './groups.ts';
import type { TunnelConfig, WriteCall } from './write.ts';

/** What a write of this tunnel takes away while it negotiates again. */
export type Interruption = 'nothing' | 'switch-over' | 'share-of-flows' | 'only-path';

/** One write to one tunnel: what it is before, what it shall be after. */
export interface Step {
  readonly tunnel: TunnelRef;
  readonly role: Role;
  /** 1 or 2 on attachments. */
  readonly index: number | null;
  readonly call: WriteCall;
  readonly wanted: Wanted;
  readonly before: TunnelConfig;
  readonly after: TunnelConfig;
  readonly changes: readonly Field[];
  /** Whether the tunnel is waited for. */
  readonly wasUp: boolean;
  readonly interrupts: Interruption;
  /** Written by an earlier run that did not live to see it come up: only proven, or put back. */
  readonly verifyOnly: boolean;
}

/**
 * Slaves first: they carry no traffic, so what is wrong shows there without harm. Of two tunnels that
 * share flows the second waits for the first.
 */
export function orderOf(tunnel: { readonly role: Role; readonly index: number | null }): number {
  switch (tunnel.role) {
    case 'slave':
      return 0;
    case 'only':
      return 1;
    case 'equal':
      return tunnel.index === 2 ? 2 : 1;
    case 'master':
      return 3;
  }
}

/** Steps that may be under way side by side: slaves first, masters last. */
export function phasesOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  const phases = new Map<number, Step[]>();
  for (const step of steps) {
    const order = orderOf(step);
    phases.set(order, [...(phases.get(order) ?? []), step]);
  }
  return [...phases].sort(([a], [b]) => a - b).map(([, phase]) => phase);
}

/** A step that an earlier run took, as far as the tunnel shows it: `before` is what it goes back to. */
export function takenStepOf(member: Member, wanted: Wanted, earlier: Wanted): Step {
  const { connection, tunnel } = member;
  // Where the rotation names no key it changed none: the live one is the one to keep.
  const key = wanted.key === null ? completed(tunnel, wanted).key : earlier.key;
  return {
    tunnel: refOf(member),
    role: tunnel.role,
    index: tunnel.index,
    call: writeCallOf(connection),
    wanted,
    before: { key, settings: { ...restated(tunnel), ...earlier.settings } },
    after: { key: wanted.key, settings: { ...restated(tunnel), ...wanted.settings } },
    changes: differences(tunnel, earlier),
    wasUp: tunnel.sa === 'up',
    interrupts: interruptionOf(connection, tunnel),
    verifyOnly: false,
  };
}

/** The same where the earlier run did not live to see the tunnel come up: written already, not proven. */
export function verifyStepOf(member: Member, wanted: Wanted, earlier: Wanted): Step {
  const taken = takenStepOf(member, wanted, earlier);
  return { ...taken, wasUp: true, interrupts: 'nothing', verifyOnly: true };
}

/** The write that brings a tunnel, as read, to what is wanted. */
export function stepOf(member: Member, wanted: Wanted, believed: Wanted | null): Step {
  const { connection, tunnel } = member;
  const before = completed(tunnel, { key: null, settings: {} });
  const key = before.key ?? believed?.key ?? null;
  const beforeGateway =
    wanted.settings.customerGatewayId === undefined
      ? {}
      : { customerGatewayId: tunnel.customerGatewayId };
  const after = completed(tunnel, wanted);
  return {
    tunnel: refOf(member),
    role: tunnel.role,
    index: tunnel.index,
    call: writeCallOf(connection),
    wanted,
    before: { key, settings: { ...restated(tunnel), ...beforeGateway } },
    after: { key: after.key ?? key, settings: after.settings },
    changes: differences(tunnel, wanted),
    wasUp: tunnel.sa === 'up',
    interrupts: interruptionOf(connection, tunnel),
    verifyOnly: false,
  };
}

/** Which call reaches this tunnel. Source: API pages of the three calls, read November 2026. */
export function writeCallOf(connection: Connection): WriteCall {
  switch (connection.kind) {
    case 'dual-tunnel':
      return 'ModifyTunnelAttribute';
    case 'single-tunnel':
      return 'ModifyVpnConnectionAttribute';
    case 'attachment':
      return 'ModifyVpnAttachmentAttribute';
  }
}

/** What is cut while the tunnel negotiates again; nothing is, where the tunnel is down already. */
export function interruptionOf(connection: Connection, tunnel: Tunnel): Interruption {
  // A status that was not shown may stand for a tunnel that is up.
  if (tunnel.sa === 'down' || tunnel.sa === 'phase1') return 'nothing';
  const partners = connection.tunnels.filter((other) => other !== tunnel);
  if (!partners.some((partner) => partner.sa === 'up')) return 'only-path';
  switch (tunnel.role) {
    case 'slave':
      return 'nothing';
    case 'equal':
      return 'share-of-flows';
    case 'master':
    case 'only':
      return 'switch-over';
  }
}
