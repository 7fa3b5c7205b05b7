import type { Cloud } from '../local/cloud.ts';
import type { CloudClock } from '../local/clock.ts';
import type { FleetFile } from '../local/fleet-file.ts';
import { refusalOf } from './observer.ts';

/**
 * Another tool of the same account that writes all the time, to a gateway of its own in each region: it takes
 * nothing from Keyturn but its share of the quota.
 */
export class OtherTool {
  calls = 0;
  throttled = 0;
  /** True while one of its calls is carried out, so that an observer can tell them apart. */
  speaking = false;
  #over = false;
  readonly #cloud: Cloud;
  readonly #regions: readonly string[];
  readonly #pauseMs: number;

  /** `writesPerMinute` in every region, evenly spread. */
  constructor(cloud: Cloud, regions: readonly string[], writesPerMinute: number) {
    this.#cloud = cloud;
    this.#regions = regions;
    this.#pauseMs = 60_000 / writesPerMinute;
  }

  async work(clock: CloudClock): Promise<void> {
    while (!this.#over) {
      for (const region of this.#regions) this.#write(region);
      await clock.sleep(this.#pauseMs);
    }
  }

  stop(): void {
    this.#over = true;
  }

  /** Most of its writes meet its gateway busy; they count against the quota like any other. */
  #write(regionId: string): void {
    this.speaking = true;
    const result = this.#cloud.call({
      product: 'vpc',
      action: 'ModifyTunnelAttribute',
      regionId,
      query: {
        RegionId: regionId,
        VpnConnectionId: connectionId(regionId),
        TunnelId: `tun-other-a-${regionId}`,
        'TunnelOptionsSpecification.EnableDpd': 'true',
      },
      form: {},
    });
    this.speaking = false;
    this.calls += 1;
    if (refusalOf(result).includes('Throttling')) this.throttled += 1;
  }
}

const connectionId = (regionId: string): string => `vco-other-${regionId}`;

/** The fleet with what the other tool works on. */
export function withOtherTool(fleet: FleetFile): FleetFile {
  const each = <T>(make: (region: string) => T): readonly T[] => fleet.regions.map(make);
  const tunnel = (id: string, region: string) => ({
    id,
    customerGateway: `cgw-other-${region}`,
    key: 'example-psk-other-tool',
  });
  return {
    ...fleet,
    gateways: [...fleet.gateways, ...each((region) => ({ id: `vpn-other-${region}`, region }))],
    customerGateways: [
      ...fleet.customerGateways,
      ...each((region) => ({ id: `cgw-other-${region}`, region, ip: '203.0.113.1' })),
    ],
    connections: [
      ...fleet.connections,
      ...each((region) => ({
        id: connectionId(region),
        region,
        gateway: `vpn-other-${region}`,
        tunnels: ['a', 'b'].map((side) => tunnel(`tun-other-${side}-${region}`, region)),
      })),
    ],
  };
}
