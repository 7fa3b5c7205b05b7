import { AUDIT_CODES } from '../core/audit-codes.ts';
import { SPOT_CODES } from './discovery-data.ts';
import type { DiscoveredGroup, DiscoveryData, WeakSpot, WeakSpotCode } from './discovery-data.ts';
import { codeText, reasonText } from './reason-text.ts';
import { column, columns, paint, printable, shorten, wrap } from './terminal-text.ts';
import type { Style } from './terminal-text.ts';
import { counted } from './time-text.ts';

const CODES = { ...AUDIT_CODES, ...SPOT_CODES };
const COLOURS = { fail: 'red', warn: 'yellow', note: 'dim' } as const;

/** What there is, one row a group under its gateway, and then each weak spot once with its places. */
export function discoveryText(data: DiscoveryData, style: Style): string {
  const spots = new Map<WeakSpotCode, WeakSpot[]>();
  for (const spot of data.weakSpots) spots.set(spot.code, [...(spots.get(spot.code) ?? []), spot]);
  return [
    ...data.regions.flatMap(({ regionId }) => regionText(data, regionId, style)),
    ...reasonText(
      data.regions.flatMap(({ regionId, fault }) =>
        fault === null ? [] : [{ reason: fault, place: regionId }],
      ),
      style,
    ),
    ...[...spots].flatMap(([code, found]) =>
      codeText(
        {
          code,
          sentence: CODES[code].sentence,
          remedy: CODES[code].remedy,
          colour: COLOURS[CODES[code].level],
          where: found.map(({ where, detail }) =>
            [where, detail].filter((part) => part !== '').join(': '),
          ),
        },
        style,
      ),
    ),
    ...wrap(totals(data), style.width, ''),
  ].join('\n');
}

function regionText(data: DiscoveryData, regionId: string, style: Style): readonly string[] {
  const gateways = data.gateways.filter((gateway) => gateway.regionId === regionId);
  const groups = data.groups.filter((group) => group.regionId === regionId);
  const attached = groups.filter(({ vpnGatewayId }) => vpnGatewayId === null);
  return [
    paint(regionId, 'bold', style),
    ...gateways.flatMap(({ vpnGatewayId, name, status, connections }) => [
      shorten(
        printable(
          `  ${name === '' || name === vpnGatewayId ? vpnGatewayId : `${vpnGatewayId} (${name})`}  ${status}, ${counted(connections, 'connection')}`,
        ),
        style.width,
      ),
      ...groupLines(
        groups.filter((group) => group.vpnGatewayId === vpnGatewayId),
        style,
      ),
    ]),
    ...(attached.length === 0
      ? []
      : ['  attached to transit routers', ...groupLines(attached, style)]),
    '',
  ];
}

function groupLines(groups: readonly DiscoveredGroup[], style: Style): readonly string[] {
  const rows = groups.map((group) => {
    const tunnels = group.connections.flatMap((connection) => connection.tunnels);
    const up = tunnels.filter(({ status }) => status === 'up').length;
    return {
      healthy: up === tunnels.length,
      cells: [
        group.customerGatewayId,
        group.ipAddress ?? '-',
        `${up}/${tunnels.length} up`,
        [...new Set(tunnels.map(({ ike }) => ike))].join(', '),
      ],
    };
  });
  const widths = [0, 1, 2, 3].map((at) =>
    Math.max(0, ...rows.map(({ cells }) => columns(cells[at] ?? ''))),
  );
  const needed = 6 + widths.reduce((sum, width) => sum + width + 2, -2);
  // The algorithms are for wide terminals; what is weak about them is said below in any case.
  const shown = needed <= style.width ? 4 : 3;
  return rows.map(({ healthy, cells }) => {
    const glyph = healthy ? paint('●', 'green', style) : paint('○', 'yellow', style);
    const text = cells
      .slice(0, shown)
      .map((cell, at) => column(cell, widths[at] ?? 0))
      .join('  ');
    return `    ${glyph} ${shorten(text.trimEnd(), style.width - 6)}`;
  });
}

function totals({ gateways, groups, weakSpots, documents }: DiscoveryData): string {
  const connections = groups.reduce((sum, group) => sum + group.connections.length, 0);
  return (
    `${counted(gateways.length, 'gateway')}, ${counted(connections, 'connection')}, ${counted(groups.length, 'group')}, ` +
    `${counted(weakSpots.length, 'weak spot')}, ${counted(documents.length, 'customer gateway')}. Nothing in the cloud was changed.`
  );
}
