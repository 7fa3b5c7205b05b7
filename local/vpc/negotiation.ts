/**
 * The life of one tunnel's SAs: an attempt, phase 1, phase 2, the lifetime, the next attempt. Rekeying is
 * left out, because it does not look at the key; reauthentication at the end of the IKE lifetime does.
 */
import * as charon from './charon-log.ts';
import { tell } from './model.ts';
import type { Connection, Failure, SaStatus, Tunnel, VpcState } from './model.ts';

/** Waits between failed attempts double from here. */
const FIRST_RETRY_MS = 5_000;
/** Below the three minutes that a diagnosis looks back on, so that a tunnel that is down has one. */
const MAX_RETRY_MS = 120_000;
const MAX_HISTORY = 32;
/** What a lifetime of 0 means is not documented; taken as the default. */
const DEFAULT_LIFETIME_SECONDS = 86_400;

type Mismatch = Pick<Failure, 'reason' | 'field' | 'local' | 'remote'>;

/** What the two ends disagree about in phase 1, or null. */
function ikeMismatch(tunnel: Tunnel): Mismatch | null {
  const { ike } = tunnel.session.loaded;
  const setting = settingMismatch(tunnel, ike, 'ike-settings');
  if (setting !== null) return setting;
  // Both ends must prove themselves: the far end signs with its last key, whatever else it accepts.
  if (tunnel.farEnd.keys.at(-1) === ike.Psk) return null;
  return { reason: 'key', field: null, local: '', remote: '' };
}

function settingMismatch(
  tunnel: Tunnel,
  own: object,
  reason: 'ike-settings' | 'ipsec-settings',
): Mismatch | null {
  const wanted = tunnel.farEnd.settings;
  for (const [field, value] of Object.entries(own)) {
    const remote = wanted[field];
    if (remote === undefined || remote === String(value)) continue;
    return { reason, field, local: String(value), remote };
  }
  return null;
}

export function setStatus(
  state: VpcState,
  connection: Connection,
  tunnel: Tunnel,
  status: SaStatus,
  at: number,
): void {
  const { session } = tunnel;
  const before = session.status;
  if (before === status) return;
  session.status = status;
  session.history.push({ at, status });
  if (session.history.length > MAX_HISTORY) session.history.shift();
  const wasUp = before === 'ipsec_sa_established';
  const isUp = status === 'ipsec_sa_established';
  if (wasUp === isUp) return;
  const id = connection.vpnConnectionId;
  tell(state, { at, kind: isUp ? 'sa-up' : 'sa-down', id, tunnelId: tunnel.tunnelId });
}

/** Starts an attempt from nothing: whatever was up or under way is gone. */
export function negotiate(
  state: VpcState,
  connection: Connection,
  tunnel: Tunnel,
  at: number,
): void {
  const { session } = tunnel;
  if (session.status !== 'ike_sa_not_established') {
    charon.log(tunnel, at, charon.deleting(state, connection, tunnel));
  }
  setStatus(state, connection, tunnel, 'ike_sa_not_established', at);
  session.ikeSaNumber += 1;
  charon.log(tunnel, at, charon.initiating(connection, tunnel));
  const generation = nextGeneration(tunnel);
  const half = Math.ceil(tunnel.farEnd.negotiateMs / 2);
  state.events.schedule(at + half, (due) => {
    if (session.generation === generation) finishPhase1(state, connection, tunnel, due);
  });
}

function finishPhase1(state: VpcState, connection: Connection, tunnel: Tunnel, at: number): void {
  const mismatch = ikeMismatch(tunnel);
  if (mismatch !== null) return fail(state, connection, tunnel, at, mismatch);
  const { session } = tunnel;
  charon.log(tunnel, at, charon.ikeEstablished(state, connection, tunnel));
  setStatus(state, connection, tunnel, 'ike_sa_established', at);
  const { generation } = session;
  state.events.schedule(at + Math.floor(tunnel.farEnd.negotiateMs / 2), (due) => {
    if (session.generation === generation) finishPhase2(state, connection, tunnel, due);
  });
}

function finishPhase2(state: VpcState, connection: Connection, tunnel: Tunnel, at: number): void {
  const { session } = tunnel;
  const mismatch = settingMismatch(tunnel, session.loaded.ipsec, 'ipsec-settings');
  if (mismatch !== null) return fail(state, connection, tunnel, at, mismatch);
  charon.log(tunnel, at, charon.childEstablished(connection, tunnel));
  session.failure = null;
  session.failedAttempts = 0;
  setStatus(state, connection, tunnel, 'ipsec_sa_established', at);
  startLifetime(state, connection, tunnel, at);
}

/** Counts down to the reauthentication of the SA that is up now. */
export function startLifetime(
  state: VpcState,
  connection: Connection,
  tunnel: Tunnel,
  at: number,
): void {
  const { session } = tunnel;
  const seconds = session.loaded.ike.IkeLifetime || DEFAULT_LIFETIME_SECONDS;
  const generation = nextGeneration(tunnel);
  state.events.schedule(at + seconds * 1_000, (due) => {
    if (session.generation !== generation) return;
    charon.log(tunnel, due, charon.reauthenticating(connection, tunnel));
    if (ikeMismatch(tunnel) !== null) return negotiate(state, connection, tunnel, due);
    // Make before break: the new SA stands before the old one goes, so the status does not move.
    session.ikeSaNumber += 1;
    charon.log(tunnel, due, charon.ikeEstablished(state, connection, tunnel));
    startLifetime(state, connection, tunnel, due);
  });
}

function fail(
  state: VpcState,
  connection: Connection,
  tunnel: Tunnel,
  at: number,
  mismatch: Mismatch,
): void {
  const { session } = tunnel;
  const lines = charon.failureLines(tunnel, mismatch.reason);
  for (const line of lines) charon.log(tunnel, at, line);
  session.failure = { ...mismatch, at, log: lines[0] ?? '' };
  session.failedAttempts += 1;
  const phase2 = mismatch.reason === 'ipsec-settings';
  const status = phase2 ? 'ipsec_sa_not_established' : 'ike_sa_not_established';
  setStatus(state, connection, tunnel, status, at);
  const wait = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (session.failedAttempts - 1));
  const generation = nextGeneration(tunnel);
  state.events.schedule(at + wait, (due) => {
    if (session.generation === generation) negotiate(state, connection, tunnel, due);
  });
}

/** The SA goes and nothing tries again until something else starts an attempt. */
export function drop(state: VpcState, connection: Connection, tunnel: Tunnel, at: number): void {
  charon.log(tunnel, at, charon.deleting(state, connection, tunnel));
  nextGeneration(tunnel);
  setStatus(state, connection, tunnel, 'ike_sa_not_established', at);
}

function nextGeneration(tunnel: Tunnel): number {
  tunnel.session.generation += 1;
  return tunnel.session.generation;
}
