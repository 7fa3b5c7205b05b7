/**
 * The refusals of VPN Gateway. Codes and sentences: API page of ModifyTunnelAttribute (change history up to
 * 2024-10-24, read November 2026) unless a comment says otherwise.
 */
import { VendorError } from '../operation.ts';

/** HTTP status and sentence of every code on the page. */
export const DOCUMENTED = {
  'VpnGateway.Configuring': [400, 'The specified service is configuring.'],
  'VpnGateway.FinancialLocked': [400, 'The specified service is financial locked.'],
  InvalidName: [400, 'The name is not valid'],
  'VpnRouteEntry.AlreadyExists': [400, 'The specified route entry is already exist.'],
  'VpnRouteEntry.Conflict': [400, 'The specified route entry has conflict.'],
  'NotSupportVpnConnectionParameter.IpsecPfs': [
    400,
    'The specified vpn connection ipsec Ipsec Pfs is not support.',
  ],
  'NotSupportVpnConnectionParameter.IpsecAuthAlg': [
    400,
    'The specified vpn connection ipsec Auth Alg is not support.',
  ],
  'VpnConnectionParamInvalid.SameVpnAndCgwDifferentIkeConfigs': [
    400,
    'IPSec connections associated with the same user gateway and VPN gateway should have the same ' +
      'pre-shared key and IKE configuration.',
  ],
  'VpnConnectionParamInvalid.SameVpnAndCgwTrafficSelectorOverlap': [
    400,
    'Traffic selectors of IPSec connections associated with the same user gateway and VPN gateway ' +
      'should not overlap.',
  ],
  'IllegalParam.LocalAsn': [400, 'The param of LocalAsn is illegal'],
  'IllegalParam.LocalBgpIp': [400, 'The specified LocalBgpIp is invalid.'],
  'VpnGateway.task.conflict': [
    400,
    'The VPN is in the configuration state, please wait a while before operating.',
  ],
  'ModifyIkeV1WithMultiRoutes.Invalid': [
    400,
    'Failed to modify VPN connection parameters. Multi-network is configured while using IkeV1 protocol.',
  ],
  'Forbbiden.SubUser': [
    403,
    'User not authorized to operate on the specified resource as your account is created by another user.',
  ],
  Forbidden: [403, 'User not authorized to operate on the specified resource.'],
  'InvalidVpnConnectionInstanceId.NotFound': [
    404,
    'The specified vpn connection instance id does not exist.',
  ],
} as const satisfies Record<string, readonly [number, string]>;

export type DocumentedCode = keyof typeof DOCUMENTED;

export function refusal(code: DocumentedCode): VendorError {
  const [status, message] = DOCUMENTED[code];
  return new VendorError({ status, code, message });
}

/** The page names this form for two BGP parameters only; the others follow it by analogy. */
export function illegal(parameter: string): VendorError {
  if (parameter === 'LocalAsn' || parameter === 'LocalBgpIp') {
    return refusal(`IllegalParam.${parameter}`);
  }
  const message = `The param of ${parameter} is illegal`;
  return new VendorError({ status: 400, code: `IllegalParam.${parameter}`, message });
}

/** Service-wide: a mandatory parameter is missing. */
export function missing(parameter: string): VendorError {
  return new VendorError({
    status: 400,
    code: `Missing${parameter}`,
    message: `${parameter} is mandatory for this action.`,
  });
}

/** The page lists no code for an unknown tunnel; this follows the form of the connection's. */
export function unknown(kind: 'TunnelId' | 'VpnGatewayId' | 'CustomerGatewayId'): VendorError {
  const code = {
    TunnelId: 'InvalidTunnelId.NotFound',
    VpnGatewayId: 'InvalidVpnGatewayInstanceId.NotFound',
    CustomerGatewayId: 'InvalidCustomerGatewayInstanceId.NotFound',
  }[kind];
  return new VendorError({ status: 404, code, message: `The specified ${kind} does not exist.` });
}
