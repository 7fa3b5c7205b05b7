import type { Definition } from '../../operation.ts';
import { connectionsOf } from '../look-up.ts';
import type { Connection, Failure, Tunnel, VpcState } from '../model.ts';
import { page } from '../paging.ts';

/** Results describe about the last three minutes (troubleshooting page for IPsec connections). */
const LOOK_BACK_MS = 180_000;

/** Codes of the troubleshooting page; the one for a wrong key is not documented, a timeout is what is seen. */
const MISMATCH_CODES: Readonly<Record<string, string>> = {
  IkeEncAlg: 'EncryptionAlgorithmMismatch',
  IpsecEncAlg: 'EncryptionAlgorithmMismatch',
  IkeAuthAlg: 'AuthenticationAlgorithmMismatch',
  IpsecAuthAlg: 'AuthenticationAlgorithmMismatch',
  IkePfs: 'DhGroupMismatch',
  IpsecPfs: 'DhGroupMismatch',
};

/** Single-tunnel connections by their own id, dual-tunnel ones by `TunnelIds`. No rate is documented. */
export const diagnoseVpnConnections: Definition<VpcState> = {
  access: 'read',
  ram: { action: 'vpc:DiagnoseVpnConnections', resources: () => ['*'] },
  limit: null,
  run(state, params, context) {
    const wanted = new Set(
      Object.entries(params).flatMap(([name, id]) =>
        /^(VpnConnectionIds|TunnelIds)\.\d+$/.test(name) ? [id] : [],
      ),
    );
    const rows = connectionsOf(state, context.regionId).flatMap((connection) =>
      connection.tunnels.flatMap((tunnel) => {
        const id = connection.dual ? tunnel.tunnelId : connection.vpnConnectionId;
        return wanted.has(id) ? [row(connection, tunnel, context.now)] : [];
      }),
    );
    const { items, fields } = page(rows, params);
    return { ...fields, VpnConnections: items };
  },
};

function row(connection: Connection, tunnel: Tunnel, now: number): Record<string, unknown> {
  const ids = { VpnConnectionId: connection.vpnConnectionId, TunnelId: tunnel.tunnelId };
  const { failure } = tunnel.session;
  if (failure === null || now - failure.at > LOOK_BACK_MS) return { ...ids, Severity: 'Normal' };
  return {
    ...ids,
    Severity: 'Critical',
    FailedReasonCode: code(failure),
    FailedReason: failure.log,
    FailedTime: failure.at,
    MismatchLocalParam: failure.field === null ? '' : `${failure.field}=${failure.local}`,
    MismatchRemoteParam: failure.field === null ? '' : `${failure.field}=${failure.remote}`,
    SourceLog: failure.log,
  };
}

function code(failure: Failure): string {
  if (failure.field === null) return 'Phase1NegotiationTimeout';
  return MISMATCH_CODES[failure.field] ?? 'AlgorithmMismatch';
}
