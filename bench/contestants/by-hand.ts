/** What the programs that people would write by hand have in common: one request, its answer, patience. */
import pRetry from 'p-retry';
import type { RpcCall, RpcTransport } from '../../functions/alicloud/rpc.ts';
import type { CloudClock } from '../../local/clock.ts';
import { KMS_REGION, tunnelIds } from '../estate.ts';
import type { Site } from '../estate.ts';
import type { Track } from '../race.ts';

/** An answer that is not a success, as the vendor's SDK throws it. */
export class ApiError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code === '' ? 'no answer' : code);
    this.name = 'ApiError';
    this.code = code;
  }
}

type Parameters = RpcCall['query'];

/** One request of VPN Gateway; throws an ApiError. Any action, also those that Keyturn does not call. */
export function vpc(
  transport: RpcTransport,
  regionId: string,
  action: string,
  parameters: { readonly query?: Parameters; readonly body?: Parameters },
): Promise<unknown> {
  const query = { RegionId: regionId, ...parameters.query };
  const call = { product: 'vpc', action, regionId, query, body: parameters.body ?? null };
  return send(transport, call as RpcCall);
}

export function kms(transport: RpcTransport, action: string, body: Parameters): Promise<unknown> {
  const call = { product: 'kms', action, regionId: KMS_REGION, query: {}, body };
  return send(transport, call as RpcCall);
}

async function send(transport: RpcTransport, call: RpcCall): Promise<unknown> {
  const answer = await transport.request(call);
  if (answer.kind === 'error') throw new ApiError(answer.code);
  return answer.body;
}

export interface Patience {
  readonly attempts: number;
  /** Pause before the next attempt; attempts are counted from 1. */
  pauseMs(attempt: number): number;
  /** What another attempt may help against. */
  isPassing(error: unknown): boolean;
}

/** p-retry over the track's clock: its own delay stays at 0 and the pause is slept in its hook. */
export function patiently<T>(
  clock: CloudClock,
  patience: Patience,
  attempt: () => Promise<T>,
): Promise<T> {
  return pRetry(attempt, {
    retries: patience.attempts - 1,
    minTimeout: 0,
    maxTimeout: 0,
    shouldRetry: ({ error }) => patience.isPassing(error),
    onFailedAttempt: async ({ attemptNumber, retriesLeft }) => {
      if (retriesLeft > 0) await clock.sleep(patience.pauseMs(attemptNumber));
    },
  });
}

/** 1 s, 2 s, 4 s, … up to `maxMs`. */
export const doubling =
  (maxMs: number) =>
  (attempt: number): number =>
    Math.min(maxMs, 1_000 * 2 ** (attempt - 1));

/** Everything that goes away by itself, by the codes that public code retries. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return /^$|Throttling|Configuring|conflict|ServiceUnavailable|InternalError/i.test(error.code);
}

/** The new key of a site: one read of its secret. */
export async function newKeyOf(track: Track, site: Site): Promise<string> {
  const body = { SecretName: site.secret, VersionStage: 'KeyturnNext' };
  const answer = (await kms(track.transport, 'GetSecretValue', body)) as { SecretData: string };
  const document = JSON.parse(answer.SecretData) as { targets: readonly { Psk: string }[] };
  return document.targets[0]?.Psk ?? '';
}

/** The rotated version becomes the current one, and its label of a next version goes. */
async function promote(track: Track, site: Site): Promise<void> {
  const move = (parameters: Parameters): Promise<unknown> =>
    patiently(track.clock, { attempts: 8, pauseMs: doubling(20_000), isPassing }, () =>
      kms(track.transport, 'UpdateSecretVersionStage', { SecretName: site.secret, ...parameters }),
    );
  await move({ VersionStage: 'ACSCurrent', MoveToVersion: 'v2', RemoveFromVersion: 'v1' });
  await move({ VersionStage: 'KeyturnNext', RemoveFromVersion: 'v2' });
}

interface TunnelState {
  readonly TunnelId: string;
  readonly State: string;
  readonly Status: string;
}

/** Both tunnels of a connection, by one read of it. */
export async function readTunnels(
  { transport }: Track,
  regionId: string,
  vpnConnectionId: string,
): Promise<readonly TunnelState[]> {
  const query = { VpnConnectionId: vpnConnectionId };
  const answer = (await vpc(transport, regionId, 'DescribeVpnConnection', { query })) as {
    readonly TunnelOptionsSpecification: { readonly TunnelOptions: readonly TunnelState[] };
  };
  return answer.TunnelOptionsSpecification.TunnelOptions;
}

/** How long somebody keeps trying a write, and how they wait for what it does. */
export interface Manner {
  readonly write: Patience;
  readonly poll: Patience;
}

/**
 * One site by hand: its key, tunnel after tunnel with the slave first, then the labels. Tunnels in `done` are
 * left alone, and those that are finished go in: whoever begins again goes on where the last attempt ended.
 */
export async function rotateSite(
  track: Track,
  site: Site,
  manner: Manner,
  done: Set<string> = new Set(),
): Promise<void> {
  const key = await patiently(track.clock, manner.write, () => newKeyOf(track, site));
  for (const { vpnConnectionId } of site.links) {
    for (const tunnelId of tunnelIds(vpnConnectionId).toReversed()) {
      if (done.has(tunnelId)) continue;
      await rotateTunnel(track, site, { vpnConnectionId, tunnelId, key, ...manner });
      done.add(tunnelId);
    }
  }
  await promote(track, site);
}

/** One tunnel: write its key, then poll until the change is in and the tunnel is up. */
async function rotateTunnel(
  track: Track,
  site: Site,
  change: Manner & {
    readonly vpnConnectionId: string;
    readonly tunnelId: string;
    readonly key: string;
  },
): Promise<void> {
  const { vpnConnectionId, tunnelId, key } = change;
  await patiently(track.clock, change.write, () =>
    vpc(track.transport, site.regionId, 'ModifyTunnelAttribute', {
      query: {
        VpnConnectionId: vpnConnectionId,
        TunnelId: tunnelId,
        TunnelOptionsSpecification: { TunnelIkeConfig: { Psk: key } },
      },
    }),
  );
  await patiently(track.clock, change.poll, async () => {
    const tunnels = await readTunnels(track, site.regionId, vpnConnectionId);
    const tunnel = tunnels.find((found) => found.TunnelId === tunnelId);
    if (tunnel?.State !== 'active' || tunnel.Status !== 'ipsec_sa_established') throw new NotYet();
  });
}

export class NotYet extends Error {
  constructor() {
    super('not yet');
    this.name = 'NotYet';
  }
}

/** Polls go on while the thing is not there yet, too. */
export const isPassingPoll = (error: unknown): boolean =>
  error instanceof NotYet || isPassing(error);
