import { clientToken } from '../core/client-token.ts';
import { reason } from '../core/codes.ts';
import type { Reason } from '../core/codes.ts';
import { leftOver, replacementName } from '../core/customer-gateways.ts';
import type { Outcome } from '../core/failure.ts';
import type { CustomerGateway } from '../core/fleet.ts';
import type { GroupPlan } from '../core/group-plan.ts';
import type { Moved } from '../core/move-group.ts';
import { mustStop } from './context.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import { readConnections } from './gather.ts';
import { PAGE_SIZE, readAll } from './pages.ts';
import { isPassing, repeat, retryAfter } from './retry.ts';
import type { Attempt } from './retry.ts';

export function readCustomerGateways(
  run: Run,
  regionId: string,
): Promise<Outcome<readonly CustomerGateway[]>> {
  return readAll(
    run,
    (gateway) => gateway.customerGatewayId,
    (pageNumber) =>
      run.ports.vpn.listCustomerGateways({ regionId, pageNumber, pageSize: PAGE_SIZE }),
  );
}

export type Replacement =
  | { readonly kind: 'ready'; readonly customerGatewayId: string }
  | { readonly kind: 'failed'; readonly reason: Reason };

/**
 * The customer gateway that takes the place of a group's present one: found by its name, or made. Looks
 * before each request, so a run that was killed, or whose answer was lost, goes on with what it made.
 */
export function ensureReplacement(run: Run, plan: GroupPlan): Promise<Replacement> {
  const { regionId } = plan.group;
  const oldId = plan.group.movingTo ?? plan.group.customerGatewayId;
  const name = replacementName(oldId);
  let generation = 0;
  const failed = (why: Reason): Attempt<Replacement> => ({
    again: false,
    value: { kind: 'failed', reason: why },
  });
  const cannot = (detail: string) => failed(reason('replacement-failed', `${oldId}: ${detail}`));
  return repeat<Replacement>(run, run.options.attempts, async () => {
    const listed = await readCustomerGateways(run, regionId);
    if (listed.kind !== 'ok') return failed(reasonOf(listed, oldId));
    const old = listed.value.find((gateway) => gateway.customerGatewayId === oldId);
    if (old === undefined) return cannot('not in the listing');
    const made = listed.value
      .filter((gateway) => gateway.name === name && gateway.ipAddress === old.ipAddress)
      .map((gateway) => gateway.customerGatewayId)
      .toSorted()[0];
    if (made !== undefined)
      return { again: false, value: { kind: 'ready', customerGatewayId: made } };
    if (old.bgpKey) return cannot('it has a key for BGP, which would have to be entered again');
    const stop = mustStop(run);
    if (stop !== null) return failed(reason(stop, oldId));
    const created = await run.ports.vpn.createCustomerGateway({
      regionId,
      ipAddress: old.ipAddress,
      name,
      asn: old.asn,
      clientToken: tokenFor(run, plan, { subject: oldId, direction: 'create', generation }),
    });
    if (created.kind === 'ok') return { again: false, value: { kind: 'ready', ...created.value } };
    if (!isPassing(created)) return cannot(reasonOf(created, name).detail);
    // Where the outcome is not known the same token is sent again, should the listing not show it.
    if (created.kind === 'busy' || created.kind === 'throttled') generation += 1;
    const why = reason('replacement-failed', reasonOf(created, name).detail);
    const value = { kind: 'failed', reason: why } as const;
    return { again: 'later', value, atLeastMs: retryAfter(created) };
  });
}

export interface GatheredCustomerGateways {
  readonly customerGateways: readonly CustomerGateway[];
  /** Regions that could not be read. */
  readonly faults: ReadonlyMap<string, Reason>;
}

/** The customer gateways of the regions in which a document lets them be replaced. */
export async function gatherCustomerGateways(
  run: Run,
  regions: readonly string[],
): Promise<GatheredCustomerGateways> {
  const faults = new Map<string, Reason>();
  const customerGateways: CustomerGateway[] = [];
  const read = await Promise.all(
    regions.map(async (regionId) => ({
      regionId,
      listed: await readCustomerGateways(run, regionId),
    })),
  );
  for (const { regionId, listed } of read) {
    if (listed.kind === 'ok') customerGateways.push(...listed.value);
    else faults.set(regionId, reasonOf(listed, regionId));
  }
  return { customerGateways, faults };
}

/**
 * Removes the customer gateways that these groups left, and those that were made and never used, after
 * one more look at who names them; the service refuses those that are in use. What stays is a warning.
 */
export async function removeLeftOvers(
  run: Run,
  groups: readonly Moved[],
): Promise<readonly Reason[]> {
  const warnings: Reason[] = [];
  for (const regionId of new Set(groups.map(({ plan }) => plan.group.regionId))) {
    if (mustStop(run) !== null) break;
    const [listed, connections] = await Promise.all([
      readCustomerGateways(run, regionId),
      readConnections(run, regionId),
    ]);
    if (listed.kind !== 'ok' || connections.kind !== 'ok') continue;
    const tunnels = connections.value.flatMap(({ vpnConnectionId, tunnels: all }) =>
      all.map((tunnel) => ({ vpnConnectionId, gateway: tunnel.customerGatewayId })),
    );
    const used = new Set(tunnels.map(({ gateway }) => gateway));
    for (const { plan, settled } of groups) {
      if (plan.group.regionId !== regionId) continue;
      const ids = new Set(plan.group.members.map(({ connection }) => connection.vpnConnectionId));
      const mine = new Set(
        tunnels.flatMap(({ vpnConnectionId, gateway }) =>
          ids.has(vpnConnectionId) ? [gateway] : [],
        ),
      );
      const presents = listed.value.filter(({ customerGatewayId }) => mine.has(customerGatewayId));
      const [present] = presents;
      if (present === undefined || presents.length > 1) continue;
      for (const gateway of leftOver(listed.value, { present, used, settled })) {
        const why = await remove(run, plan, gateway.customerGatewayId);
        if (why !== null) warnings.push(why);
      }
    }
  }
  return warnings;
}

function remove(run: Run, plan: GroupPlan, customerGatewayId: string): Promise<Reason | null> {
  const { regionId } = plan.group;
  let generation = 0;
  return repeat<Reason | null>(run, run.options.attempts, async () => {
    const removed = await run.ports.vpn.deleteCustomerGateway({
      regionId,
      customerGatewayId,
      clientToken: tokenFor(run, plan, {
        subject: customerGatewayId,
        direction: 'delete',
        generation,
      }),
    });
    if (removed.kind === 'ok' || removed.kind === 'notFound') return { again: false, value: null };
    const why = reason('gateway-left-over', reasonOf(removed, customerGatewayId).detail);
    if (!isPassing(removed)) return { again: false, value: why };
    if (removed.kind === 'busy' || removed.kind === 'throttled') generation += 1;
    return { again: 'later', value: why, atLeastMs: retryAfter(removed) };
  });
}

function tokenFor(
  run: Run,
  plan: GroupPlan,
  what: {
    readonly subject: string;
    readonly direction: 'create' | 'delete';
    readonly generation: number;
  },
): string {
  const [secret] = plan.secrets;
  return clientToken(
    {
      nonce: run.nonce,
      secretName: secret?.name ?? '',
      versionId: secret?.versionId ?? '',
      ...what,
      subject: `${plan.group.regionId}/${what.subject}`,
    },
    (text) => run.ports.random.sha256Hex(text),
  );
}
