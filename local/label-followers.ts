/** Far ends that poll the secret themselves: they load the next key some time after it was stored. */
import type { KmsState } from './kms/state.ts';
import { loadKey } from './vpc/far-end.ts';
import type { VpcState } from './vpc/model.ts';

const NEXT = 'KeyturnNext';

/** Called after every change of a secret. Loading a key that is loaded already does no harm. */
export function followLabel(vpc: VpcState, kms: KmsState, secretName: string, now: number): void {
  const version = kms.secrets
    .get(secretName)
    ?.versions.find((candidate) => candidate.labels.includes(NEXT));
  if (version === undefined) return;
  for (const { connectionId, tunnelId, key } of keysOf(version.data)) {
    const connection = vpc.connections.get(connectionId);
    for (const tunnel of connection?.tunnels ?? []) {
      const named = tunnelId === null || tunnelId === tunnel.tunnelId;
      if (connection === undefined || !named || tunnel.farEnd.policy !== 'follows-label') continue;
      vpc.events.schedule(now + tunnel.farEnd.delayMs, (at) => {
        loadKey(vpc, connection, tunnel, key, at);
      });
    }
  }
}

function keysOf(data: string): readonly {
  readonly connectionId: string;
  readonly tunnelId: string | null;
  readonly key: string;
}[] {
  let targets: unknown;
  try {
    targets = (JSON.parse(data) as { targets?: unknown }).targets;
  } catch {
    return [];
  }
  if (!Array.isArray(targets)) return [];
  return (targets as readonly Record<string, unknown>[]).flatMap((target) => {
    const options = target['TunnelOptionsSpecification'] as
      | { TunnelIkeConfig?: { Psk?: unknown } }
      | undefined;
    const key = target['Psk'] ?? options?.TunnelIkeConfig?.Psk;
    const connectionId = target['VpnConnectionId'];
    const tunnelId = target['TunnelId'] ?? null;
    if (typeof key !== 'string' || typeof connectionId !== 'string') return [];
    return [{ connectionId, tunnelId: typeof tunnelId === 'string' ? tunnelId : null, key }];
  });
}
