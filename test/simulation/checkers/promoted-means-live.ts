import type { Checker, World } from '../world.ts';

/** 4: ACSCurrent moves to a version only after every tunnel of its document has it. */
export function promotedMeansLive(world: World): Checker {
  return {
    promise: 4,
    onCall(call, result) {
      if (result?.kind !== 'answer' || result.status !== 200) return;
      const { params } = call;
      if (call.action !== 'UpdateSecretVersionStage' || params['VersionStage'] !== 'ACSCurrent')
        return;
      const site = world.scenario.sites.find((found) => found.secret === params['SecretName']);
      if (site === undefined) return;
      const version = world.cloud.kms.secrets
        .get(site.secret)
        ?.versions.find((found) => found.versionId === params['MoveToVersion']);
      for (const { connection, tunnel } of world.tunnels(site)) {
        if (version?.data.includes(tunnel.config.ike.Psk)) continue;
        world.violate(
          4,
          `${site.secret} promoted while ${connection.vpnConnectionId}/${tunnel.tunnelId} has another key`,
        );
      }
    },
  };
}
