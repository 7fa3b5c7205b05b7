import type { CustomerGateway } from './fleet.ts';

/**
 * Customer gateways that Keyturn made carry in their name which one they take the place of. It is all that
 * tells a run which groups are one group on its way from the old gateway to the new one.
 */
const PREFIX = 'keyturn-for-';

export function replacementName(customerGatewayId: string): string {
  return `${PREFIX}${customerGatewayId}`;
}

/** Whether Keyturn made it. */
export function isReplacement({ name }: CustomerGateway): boolean {
  return name.startsWith(PREFIX);
}

/** Which customer gateway another one takes the place of, by `region/id` of the new one. */
export type Replacements = ReadonlyMap<string, string>;

/** Only those whose old gateway still exists in the region, with the same address. */
export function replacementsAmong(gateways: readonly CustomerGateway[]): Replacements {
  const byPlace = new Map(gateways.map((gateway) => [placeOf(gateway), gateway]));
  const found = new Map<string, string>();
  for (const gateway of gateways) {
    if (!isReplacement(gateway)) continue;
    const customerGatewayId = gateway.name.slice(PREFIX.length);
    const old = byPlace.get(placeOf({ regionId: gateway.regionId, customerGatewayId }));
    if (old !== undefined && old.ipAddress === gateway.ipAddress) {
      found.set(placeOf(gateway), customerGatewayId);
    }
  }
  return found;
}

/** The gateway itself, the one it replaces, the one that one replaced, and so on. */
export function lineOf(
  replacements: Replacements,
  gateway: Pick<CustomerGateway, 'regionId' | 'customerGatewayId'>,
): readonly string[] {
  const line = [gateway.customerGatewayId];
  for (let id: string | undefined = gateway.customerGatewayId; id !== undefined;) {
    id = replacements.get(placeOf({ regionId: gateway.regionId, customerGatewayId: id }));
    if (id === undefined || line.includes(id)) break;
    line.push(id);
  }
  return line;
}

function placeOf({
  regionId,
  customerGatewayId,
}: Pick<CustomerGateway, 'regionId' | 'customerGatewayId'>): string {
  return `${regionId}/${customerGatewayId}`;
}

/**
 * Customer gateways of a group that nothing needs any more: those made for the present one and never used,
 * and (`settled`: no version waits for its promotion) the one that the present one has replaced.
 */
export function leftOver(
  gateways: readonly CustomerGateway[],
  input: {
    readonly present: CustomerGateway;
    /** Ids that any tunnel of the region names. */
    readonly used: ReadonlySet<string>;
    readonly settled: boolean;
  },
): readonly CustomerGateway[] {
  const { present, used, settled } = input;
  const made = isReplacement(present);
  return gateways.filter((gateway) => {
    if (gateway.customerGatewayId === present.customerGatewayId) return false;
    if (gateway.regionId !== present.regionId || used.has(gateway.customerGatewayId)) return false;
    if (gateway.ipAddress !== present.ipAddress) return false;
    const meantForPresent = gateway.name === replacementName(present.customerGatewayId);
    const twin = made && gateway.name === present.name;
    const replaced = present.name === replacementName(gateway.customerGatewayId);
    return meantForPresent || twin || (replaced && settled);
  });
}
