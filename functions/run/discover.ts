import type { Reason } from '../core/codes.ts';
import type { CustomerGateway, Fleet } from '../core/fleet.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import { gatherFleet } from './gather.ts';
import { PAGE_SIZE, readAll } from './pages.ts';

/** What there is in some regions. */
export interface Discovered {
  readonly regions: readonly string[];
  readonly fleet: Fleet;
  readonly customerGateways: readonly CustomerGateway[];
  /** Regions of which something could not be read. */
  readonly faults: ReadonlyMap<string, Reason>;
}

/** Reads VPN gateways, connections and customer gateways. Writes nothing, and asks KMS nothing. */
export async function discover(run: Run, regions: readonly string[]): Promise<Discovered> {
  const [gathered, customers] = await Promise.all([
    gatherFleet(run, regions),
    Promise.all(
      regions.map(async (regionId) => {
        const outcome = await readAll(
          run,
          (customer: CustomerGateway) => customer.customerGatewayId,
          (pageNumber) =>
            run.ports.vpn.listCustomerGateways({ regionId, pageNumber, pageSize: PAGE_SIZE }),
        );
        return { regionId, outcome };
      }),
    ),
  ]);
  const faults = new Map(gathered.faults);
  const customerGateways = customers.flatMap(({ regionId, outcome }) => {
    if (outcome.kind === 'ok') return outcome.value;
    faults.set(regionId, reasonOf(outcome, regionId));
    return [];
  });
  return { regions, fleet: gathered.fleet, customerGateways, faults };
}
