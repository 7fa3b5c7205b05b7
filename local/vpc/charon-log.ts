/**
 * Log lines in the wording of strongSwan's charon, which Alibaba's published examples resemble. The lines
 * of the failures are those of strongSwan 5.9.8, measured in November 2026 on two daemons.
 */
import type { Connection, Failure, Tunnel, VpcState } from './model.ts';

/** Enough for an hour of retries; a real service keeps more, a local one must stay bounded. */
const MAX_LINES = 400;

export function log(tunnel: Tunnel, at: number, text: string): void {
  const { logs } = tunnel.session;
  logs.push({ at, text: `${new Date(at).toISOString()} [IKE] ${text}` });
  if (logs.length > MAX_LINES) logs.splice(0, logs.length - MAX_LINES);
}

function ends(state: VpcState, tunnel: Tunnel): string {
  const { ike, customerGatewayId } = tunnel.session.loaded;
  const remote = state.customerGateways.get(customerGatewayId)?.ipAddress ?? '0.0.0.0';
  return `${tunnel.internetIp}[${ike.LocalId}]...${remote}[${ike.RemoteId}]`;
}

function saName(connection: Connection, tunnel: Tunnel): string {
  const name = tunnel.tunnelId === '' ? connection.vpnConnectionId : tunnel.tunnelId;
  return `${name}[${tunnel.session.ikeSaNumber}]`;
}

export function initiating(connection: Connection, tunnel: Tunnel): string {
  return `initiating IKE_SA ${saName(connection, tunnel)} to ${tunnel.session.loaded.ike.RemoteId}`;
}

export function ikeEstablished(state: VpcState, connection: Connection, tunnel: Tunnel): string {
  return `IKE_SA ${saName(connection, tunnel)} established between ${ends(state, tunnel)}`;
}

export function childEstablished(connection: Connection, tunnel: Tunnel): string {
  const name = tunnel.tunnelId === '' ? connection.vpnConnectionId : tunnel.tunnelId;
  const selectors = `${connection.localSubnets.join(' ')} === ${connection.remoteSubnets.join(' ')}`;
  return `CHILD_SA ${name}{${tunnel.session.ikeSaNumber}} established with TS ${selectors}`;
}

export function deleting(state: VpcState, connection: Connection, tunnel: Tunnel): string {
  return `deleting IKE_SA ${saName(connection, tunnel)} between ${ends(state, tunnel)}`;
}

export function reauthenticating(connection: Connection, tunnel: Tunnel): string {
  return `reauthenticating IKE_SA ${saName(connection, tunnel)}`;
}

/** What the daemon says about a failed attempt. IKEv1 cannot tell a wrong key from a garbled packet. */
export function failureLines(tunnel: Tunnel, reason: Failure['reason']): readonly string[] {
  const { ike } = tunnel.session.loaded;
  switch (reason) {
    case 'key':
      return ike.IkeVersion === 'ikev1'
        ? [
            'invalid HASH_V1 payload length, decryption failed?',
            'could not decrypt payloads',
            'message parsing failed',
            'ID_PROT request with message ID 0 processing failed',
          ]
        : [`tried 1 shared key for '${ike.LocalId}' - '${ike.RemoteId}', but MAC mismatched`];
    case 'ike-settings':
      return ['received NO_PROPOSAL_CHOSEN notify error'];
    case 'ipsec-settings':
      return ['received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built'];
  }
}
