import type { Reason } from '../core/codes.ts';
import type { CustomerGateway, Fleet } from '../core/fleet.ts';
import type { Run } from './context.ts';
import { gatherCustomerGateways } from './customer-gateways.ts';
import { gatherFleet } from './gather.ts';

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
  const [{ fleet, faults }, customers] = await Promise.all([
    gatherFleet(run, regions),
    gatherCustomerGateways(run, regions),
  ]);
  const { customerGateways } = customers;
  return { regions, fleet, customerGateways, faults: new Map([...faults, ...customers.faults]) };
}
