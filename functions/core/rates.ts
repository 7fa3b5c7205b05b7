import type { RateLimit } from './rate.ts';
import { durationMs, minutes } from './units.ts';
import type { WriteCall } from './write.ts';

/** Calls that share one limit of the service. The first group is per region, both are per main account. */
export type RateName =
  | WriteCall
  | 'DescribeVpnGateways'
  | 'DescribeVpnConnections'
  | 'DescribeCustomerGateways'
  | 'DescribeVpnConnectionLogs'
  | 'CustomerGatewayWrites'
  | 'SecretValues'
  | 'SecretLabels';

const perMinute = (calls: number): RateLimit => ({
  calls,
  perMs: durationMs(60_000),
  saveMs: durationMs(0),
});
const perSecond = (calls: number, saveMs = durationMs(0)): RateLimit => ({
  calls,
  perMs: durationMs(1_000),
  saveMs,
});

/**
 * A shard reads all of its documents when it begins and then next to nothing: what it may use at once is
 * enough for 1,000 documents in one of a hundred shards.
 */
const READ_AHEAD = minutes(15);

/**
 * Sources: "Limits" of VPN Gateway's API and "Performance data" of KMS, read November 2026. The rows of
 * DescribeVpnGateways and of the two connection-level writes are not known: taken like their sisters'. Which
 * group of KMS the calls on labels and versions are in is not known either: the slower one is assumed.
 */
export const RATES = {
  ModifyTunnelAttribute: perMinute(120),
  ModifyVpnConnectionAttribute: perMinute(120),
  ModifyVpnAttachmentAttribute: perMinute(120),
  DescribeVpnGateways: perMinute(600),
  DescribeVpnConnections: perMinute(600),
  DescribeCustomerGateways: perMinute(600),
  DescribeVpnConnectionLogs: perMinute(600),
  CustomerGatewayWrites: perMinute(120),
  SecretValues: perSecond(450, READ_AHEAD),
  SecretLabels: perSecond(40),
} as const satisfies Record<RateName, RateLimit>;
