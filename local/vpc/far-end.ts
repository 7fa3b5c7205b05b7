/** What the device at the other end does by itself. */
import { drop, negotiate } from './negotiation.ts';
import type { Connection, Tunnel, VpcState } from './model.ts';

/** How long a flapping tunnel stays down. */
const FLAP_DOWN_MS = 3_000;

/** The far end loads one more key; it signs with it from now on and still accepts the others. */
export function loadKey(
  state: VpcState,
  connection: Connection,
  tunnel: Tunnel,
  key: string,
  at: number,
): void {
  const { farEnd } = tunnel;
  farEnd.keys = [...farEnd.keys.filter((known) => known !== key), key];
  // Loading a key does nothing to an SA that is up (measured, strongSwan 5.9.8).
  if (tunnel.session.status === 'ipsec_sa_established' || !farEnd.initiates) return;
  negotiate(state, connection, tunnel, at);
}

/** Called when a change of a tunnel's configuration was accepted. */
export function noticeChange(
  state: VpcState,
  connection: Connection,
  tunnel: Tunnel,
  at: number,
): void {
  if (tunnel.farEnd.policy !== 'follows') return;
  const key = tunnel.config.ike.Psk;
  state.events.schedule(at + tunnel.farEnd.delayMs, (due) => {
    loadKey(state, connection, tunnel, key, due);
  });
}

/** Lets a flapping tunnel go down once a period, for good. */
export function startFlapping(
  state: VpcState,
  connection: Connection,
  tunnel: Tunnel,
  at: number,
): void {
  state.events.schedule(at + tunnel.farEnd.delayMs, (due) => {
    if (tunnel.farEnd.policy !== 'flaps') return;
    if (tunnel.session.status === 'ipsec_sa_established') {
      drop(state, connection, tunnel, due);
      state.events.schedule(due + FLAP_DOWN_MS, (up) => {
        if (tunnel.session.status !== 'ipsec_sa_established') {
          negotiate(state, connection, tunnel, up);
        }
      });
    }
    startFlapping(state, connection, tunnel, due);
  });
}
