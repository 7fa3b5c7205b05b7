import { Prng } from '../../local/prng.ts';
import { tunnelIds } from '../estate.ts';
import type { Site } from '../estate.ts';
import type { Contestant, Track } from '../race.ts';
import { ApiError, NotYet, newKeyOf, patiently, readTunnels, vpc } from './by-hand.ts';
import type { Patience } from './by-hand.ts';

/** Terraform's default parallelism. */
const PARALLEL = 10;
/** Further applies that a person makes when one has failed. */
const APPLIES = 5;

/**
 * The provider's own way of changing keys (terraform-provider-alicloud 81c43b6, 2026-08-21): refresh every
 * resource, then ten at a time send both tunnels of a connection in one ModifyVpnConnectionAttribute; while
 * the gateway is busy wait 3 s, then a flat 5 s, for five minutes at most; ten seconds later read until the
 * connection is `active`, and read it once more into the state. It neither waits for the gateway nor looks
 * at the tunnels. Keys come from a data source on KMS; labels are nobody's business.
 */
export const terraform: Contestant = {
  async run(track) {
    let open = resourcesOf(track);
    for (let apply = 0; apply < APPLIES && open.length > 0; apply += 1) {
      open = await applyOnce(track, open);
    }
    return { failed: new Set(open.map(({ site }) => site)).size };
  },
};

interface Resource {
  readonly site: Site;
  readonly vpnConnectionId: string;
}

/** In the order of a graph walk over independent resources, which is no order at all. */
function resourcesOf({ estate }: Track): readonly Resource[] {
  const prng = new Prng(estate.shape.seed).fork('graph');
  return estate.sites
    .flatMap((site) => site.links.map(({ vpnConnectionId }) => ({ site, vpnConnectionId })))
    .map((resource) => ({ resource, rank: prng.uint32() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ resource }) => resource);
}

/** Refresh, then apply. Gives the resources that failed. */
async function applyOnce(
  track: Track,
  resources: readonly Resource[],
): Promise<readonly Resource[]> {
  const keys = new Map<Site, string>();
  const sites = [...new Set(resources.map(({ site }) => site))];
  await inParallel(sites, async (site) => {
    keys.set(site, await patiently(track.clock, READ, () => newKeyOf(track, site)));
  });
  await inParallel(resources, (resource) => read(track, resource));
  const failed: Resource[] = [];
  await inParallel(resources, async (resource) => {
    await update(track, resource, keys.get(resource.site) ?? '').catch(() => {
      failed.push(resource);
    });
  });
  return failed;
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    }),
  );
}

/** `incrementalWait(3s, 5s)`: 3 s once, then 5 s for ever, until the limit. */
const flat = (attempt: number): number => (attempt === 1 ? 3_000 : 5_000);
const within = (limitMs: number): number => Math.ceil(limitMs / 5_000) + 1;
const needRetry = (error: unknown): boolean =>
  error instanceof ApiError && /^$|Throttling|ServiceUnavailable/.test(error.code);

const READ: Patience = { attempts: within(60_000), pauseMs: flat, isPassing: needRetry };
const WRITE: Patience = {
  attempts: within(300_000),
  pauseMs: flat,
  isPassing: (error) =>
    needRetry(error) ||
    (error instanceof ApiError && /^(VpnGateway\.Configuring|VpnTask\.CONFLICT)$/.test(error.code)),
};

/** The SDK's state waiter: from a fifth of a second doubling up to 10 s, within the update's five minutes. */
const ACTIVE: Patience = {
  attempts: 36,
  pauseMs: (attempt) => Math.min(10_000, 100 * 2 ** attempt),
  isPassing: (error) => error instanceof NotYet || needRetry(error),
};

async function read(track: Track, { site, vpnConnectionId }: Resource): Promise<void> {
  await patiently(track.clock, READ, () => readTunnels(track, site.regionId, vpnConnectionId));
}

async function update(track: Track, resource: Resource, key: string): Promise<void> {
  const { site, vpnConnectionId } = resource;
  const options = tunnelIds(vpnConnectionId).map((_, index) => ({
    Role: index === 0 ? 'master' : 'slave',
    CustomerGatewayId: site.customerGatewayId,
    EnableDpd: true,
    EnableNatTraversal: true,
    TunnelIkeConfig: { Psk: key },
  }));
  await patiently(track.clock, WRITE, () =>
    vpc(track.transport, site.regionId, 'ModifyVpnConnectionAttribute', {
      query: { VpnConnectionId: vpnConnectionId },
      body: { TunnelOptionsSpecification: options },
    }),
  );
  await track.clock.sleep(10_000);
  await patiently(track.clock, ACTIVE, async () => {
    const query = { VpnConnectionId: vpnConnectionId };
    const answer = await vpc(track.transport, site.regionId, 'DescribeVpnConnection', { query });
    if ((answer as { readonly State: string }).State !== 'active') throw new NotYet();
  });
  await read(track, resource);
}
