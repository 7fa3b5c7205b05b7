import type { CallResult } from '../../../local/front-door/call.ts';
import type { Call } from '../../../local/front-door/call.ts';
import type { SecretVersion } from '../../../local/kms/state.ts';
import type { Checker, World } from '../world.ts';
import { paramsOf } from '../world.ts';

/** A promotion's look at its tunnels is no older. */
const LOOK_AGE_MS = 5 * 60_000;

/**
 * 4: a run moves ACSCurrent to a version only when every tunnel of its document has it and was read since
 * its last write. Whom nobody has seen change a tunnel since, in five minutes at most, is found by the next run:
 * docs/safety.md, what is assumed. KeyturnNext comes off a version only after that: it is what leads a later run back here.
 */
export function promotedMeansLive(world: World): Checker {
  /** When each connection was last written, and last shown to anybody. */
  const written = new Map<string, number>();
  const shown = new Map<string, number>();
  /** When a person last changed each, and when an answer that was not an old one last showed it. */
  const changedByHand = new Map<string, number>();
  const shownAsItIs = new Map<string, number>();
  const unseen = (id: string, now: number): boolean => {
    const seen = shownAsItIs.get(id) ?? 0;
    return (changedByHand.get(id) ?? 0) > seen && now - seen <= LOOK_AGE_MS;
  };
  const note = (call: Call, result: CallResult): void => {
    const { VpnConnectionId: id } = paramsOf(call);
    if (call.action.startsWith('Modify') && id !== undefined) written.set(id, call.now);
    if (call.action !== 'DescribeVpnConnections' || result.kind !== 'answer') return;
    for (const shownId of idsIn(result.body)) {
      shown.set(shownId, call.now);
      if (call.fault?.kind !== 'stale-read') shownAsItIs.set(shownId, call.now);
    }
  };
  const checkLive = (secret: string, version: SecretVersion | undefined, now: number): void => {
    for (const site of world.scenario.sites.filter((found) => found.secrets.includes(secret))) {
      const key = version === undefined ? null : world.keyIn(version, site);
      for (const { connection, tunnel } of world.tunnels(site)) {
        const { vpnConnectionId: id } = connection;
        const name = `${id}/${tunnel.tunnelId}`;
        // Where keys are not shown, nobody can see that somebody has set another one since.
        const hidden = (!world.keysShown() && world.acts > 0) || unseen(id, now);
        if (key !== null && !hidden && tunnel.config.ike.Psk !== key)
          world.violate(4, `${secret} promoted while ${name} has another key`);
        if ((shown.get(id) ?? 0) < (written.get(id) ?? 0))
          world.violate(4, `${secret} promoted, and nobody has read ${id} since its last write`);
      }
    }
  };
  return {
    onEvent({ kind, id, at }) {
      if (kind === 'configured' && world.actor === 'person') changedByHand.set(id, at);
    },
    onCall(call, result) {
      if (result === null || world.actor === null || world.actor === 'person') return;
      note(call, result);
      if (call.action !== 'UpdateSecretVersionStage' || result.kind !== 'answer') return;
      if (result.status !== 200) return;
      const { SecretName: secret = '', VersionStage: label, ...move } = paramsOf(call);
      const find = (id: string | undefined): SecretVersion | undefined =>
        world.versions(secret).find((version) => version.versionId === id);
      if (label === 'ACSCurrent') checkLive(secret, find(move['MoveToVersion']), call.now);
      const left = find(move['RemoveFromVersion']);
      const dropped = label === 'KeyturnNext' && move['MoveToVersion'] === undefined;
      if (dropped && left?.labels.includes('ACSCurrent') === false)
        world.violate(4, `KeyturnNext was taken off a version of ${secret} that is not current`);
    },
  };
}

function idsIn(body: unknown): readonly string[] {
  const page = body as {
    VpnConnections?: { VpnConnection?: readonly { VpnConnectionId: string }[] };
  };
  return page.VpnConnections?.VpnConnection?.map((item) => item.VpnConnectionId) ?? [];
}
