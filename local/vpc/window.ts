/** The configuring window: after a write the gateway (or the attachment) is busy, and refuses writes. */
import { VendorError } from '../operation.ts';
import type { CallContext } from '../operation.ts';
import type { Switches } from '../switches.ts';
import { noticeChange } from './far-end.ts';
import { drop, negotiate } from './negotiation.ts';
import { tell } from './model.ts';
import type { Connection, Tunnel, TunnelConfig, VpcState } from './model.ts';

export interface Change {
  readonly connection: Connection;
  readonly tunnel: Tunnel;
  readonly config: TunnelConfig;
}

/** Where EffectImmediately is false: until traffic arrives and a changed tunnel negotiates. */
const TRAFFIC_MS = 5_000;

/** The gateway's id, or the attachment's own: what the lock is about. */
export function lockId(connection: Connection): string {
  const { home } = connection;
  return home.kind === 'gateway' ? home.vpnGatewayId : connection.vpnConnectionId;
}

function isConfiguring(state: VpcState, { home, state: own }: Connection): boolean {
  if (home.kind === 'attachment') return own === 'updating';
  return state.gateways.get(home.vpnGatewayId)?.status !== 'active';
}

/** Which window is open now, told apart from all others; null when none is. */
export function openWindowOf(state: VpcState, connection: Connection): string | null {
  if (!isConfiguring(state, connection)) return null;
  const id = lockId(connection);
  return `${id} ${state.windows.get(id) ?? 0}`;
}

export function refuseWhileConfiguring(
  state: VpcState,
  connection: Connection,
  context: CallContext,
): void {
  if (!isConfiguring(state, connection)) return;
  const code = context.switches.busyCode;
  const message =
    code === 'VpnGateway.task.conflict'
      ? 'The VPN is in the configuration state, please wait a while before operating.'
      : 'The specified service is configuring.';
  throw new VendorError({ status: 400, code, message });
}

/**
 * Takes a change over: reads show it at once, the daemon loads it when the window ends. A window opens even
 * when nothing differs, because the service cannot know that before it has looked.
 */
export function configure(
  state: VpcState,
  connection: Connection,
  changes: readonly Change[],
  { now, switches, call }: CallContext & { readonly call: 'tunnel' | 'connection' },
): void {
  for (const change of changes) {
    change.tunnel.config = change.config;
    change.tunnel.state = 'updating';
    const id = change.connection.vpnConnectionId;
    tell(state, { at: now, kind: 'configured', id, tunnelId: change.tunnel.tunnelId });
    noticeChange(state, change.connection, change.tunnel, now);
  }
  openWindow(state, connection, now, windowLength(state, switches), (at) => {
    const governed = call === 'connection' || switches.effectImmediately === 'everyCall';
    for (const change of changes) takeEffect(state, change, { at, governed, switches });
  });
}

/** Also used for a gateway that is busy when the story begins. */
export function openWindow(
  state: VpcState,
  connection: Pick<Connection, 'home' | 'vpnConnectionId'> & { state: string },
  now: number,
  lengthMs: number,
  finish: (at: number) => void,
): void {
  const { home } = connection;
  const id = home.kind === 'gateway' ? home.vpnGatewayId : connection.vpnConnectionId;
  const settled = home.kind === 'attachment' && home.transitRouterId === null ? 'init' : 'attached';
  if (home.kind === 'gateway') setGateway(state, id, 'updating');
  else connection.state = 'updating';
  state.windows.set(id, (state.windows.get(id) ?? 0) + 1);
  tell(state, { at: now, kind: 'window-opened', id, tunnelId: null });
  const close = (at: number): void => {
    if (state.stuck.has(id)) {
      state.events.schedule(at + 1_000, close);
      return;
    }
    if (home.kind === 'gateway') setGateway(state, id, 'active');
    else connection.state = settled;
    tell(state, { at, kind: 'window-closed', id, tunnelId: null });
    finish(at);
  };
  state.events.schedule(now + lengthMs, close);
}

function setGateway(state: VpcState, id: string, status: 'active' | 'updating'): void {
  const gateway = state.gateways.get(id);
  if (gateway !== undefined) gateway.status = status;
}

/** Drawn per change: from the fleet's own bounds, else from the switch. */
function windowLength(state: VpcState, switches: Switches): number {
  if (state.windowMs !== null) return state.random.between(state.windowMs.min, state.windowMs.max);
  const [min, max] = switches.windowSeconds.split('-').map((text) => Number(text) * 1_000);
  if (min === undefined || max === undefined) throw new Error('windowSeconds needs two bounds');
  return state.random.between(min, max);
}

/** `governed`: EffectImmediately holds for the call that brought the change. */
function takeEffect(
  state: VpcState,
  { connection, tunnel, config }: Change,
  options: { readonly at: number; readonly governed: boolean; readonly switches: Switches },
): void {
  const { at, governed, switches } = options;
  const { session } = tunnel;
  tunnel.state = 'active';
  const same = JSON.stringify(session.loaded) === JSON.stringify(config);
  session.loaded = config;
  // A restated configuration disturbs nothing; a tunnel that is down has nothing to keep.
  const up = session.status === 'ipsec_sa_established';
  if (up && (same || switches.oldSa === 'survives')) return;
  if (connection.effectImmediately || !governed) {
    negotiate(state, connection, tunnel, at);
    return;
  }
  drop(state, connection, tunnel, at);
  const { generation } = session;
  state.events.schedule(at + TRAFFIC_MS, (due) => {
    if (session.generation === generation) negotiate(state, connection, tunnel, due);
  });
}
