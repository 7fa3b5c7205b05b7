import type { Connection, CustomerGateway, TunnelRef, VpnGateway } from '../core/fleet.ts';
import type { Outcome } from '../core/failure.ts';
import type { TunnelWrite } from '../core/write.ts';
import type { EpochMs } from '../core/units.ts';

/** One page of a listing, with the service's own total. Items can repeat or be missing between pages. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly totalCount: number;
}

/** `pageNumber` starts at 1; the service's largest page is 50. */
export interface PageQuery {
  readonly regionId: string;
  readonly pageNumber: number;
  readonly pageSize: number;
}

export interface LogLine {
  /** As the service wrote it; times inside are the service's. */
  readonly text: string;
}

/** VPN Gateway's API. Every method makes exactly one HTTP request and never retries. */
export interface VpnApi {
  listVpnGateways(
    query: PageQuery & { readonly vpnGatewayId?: string },
  ): Promise<Outcome<Page<VpnGateway>>>;
  listVpnConnections(
    query: PageQuery & { readonly vpnGatewayId?: string; readonly vpnConnectionId?: string },
  ): Promise<Outcome<Page<Connection>>>;
  listCustomerGateways(query: PageQuery): Promise<Outcome<Page<CustomerGateway>>>;
  /** Newest page of a tunnel's negotiation log between two instants. */
  readLogs(
    query: TunnelRef & { readonly from: EpochMs; readonly to: EpochMs },
  ): Promise<Outcome<readonly LogLine[]>>;
  write(write: TunnelWrite): Promise<Outcome<null>>;
  createCustomerGateway(request: {
    readonly regionId: string;
    readonly ipAddress: string;
    readonly name: string;
    readonly asn: number | null;
    readonly clientToken: string;
  }): Promise<Outcome<{ readonly customerGatewayId: string }>>;
  deleteCustomerGateway(request: {
    readonly regionId: string;
    readonly customerGatewayId: string;
    readonly clientToken: string;
  }): Promise<Outcome<null>>;
}
