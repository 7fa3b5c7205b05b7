/**
 * VPN Gateway's part of the product Vpc, API version 2016-04-28. Any other action of the product answers
 * InvalidApi.NotFound.
 */
import type { Definition } from '../operation.ts';
import { checkVpnBgpEnabled } from './actions/check-vpn-bgp-enabled.ts';
import { createCustomerGateway } from './actions/create-customer-gateway.ts';
import { deleteCustomerGateway } from './actions/delete-customer-gateway.ts';
import { describeCustomerGateway } from './actions/describe-customer-gateway.ts';
import { describeCustomerGateways } from './actions/describe-customer-gateways.ts';
import { describeVpnAttachments } from './actions/describe-vpn-attachments.ts';
import { describeVpnConnection } from './actions/describe-vpn-connection.ts';
import { describeVpnConnectionLogs } from './actions/describe-vpn-connection-logs.ts';
import { describeVpnConnections } from './actions/describe-vpn-connections.ts';
import { describeVpnGateway } from './actions/describe-vpn-gateway.ts';
import { describeVpnGateways } from './actions/describe-vpn-gateways.ts';
import { diagnoseVpnConnections } from './actions/diagnose-vpn-connections.ts';
import { downloadVpnConnectionConfig } from './actions/download-vpn-connection-config.ts';
import { modifyTunnelAttribute } from './actions/modify-tunnel-attribute.ts';
import { modifyVpnAttachmentAttribute } from './actions/modify-vpn-attachment-attribute.ts';
import { modifyVpnConnectionAttribute } from './actions/modify-vpn-connection-attribute.ts';
import type { VpcState } from './model.ts';

export type VpcOperation =
  | 'CheckVpnBgpEnabled'
  | 'CreateCustomerGateway'
  | 'DeleteCustomerGateway'
  | 'DescribeCustomerGateway'
  | 'DescribeCustomerGateways'
  | 'DescribeVpnAttachments'
  | 'DescribeVpnConnection'
  | 'DescribeVpnConnectionLogs'
  | 'DescribeVpnConnections'
  | 'DescribeVpnGateway'
  | 'DescribeVpnGateways'
  | 'DiagnoseVpnConnections'
  | 'DownloadVpnConnectionConfig'
  | 'ModifyTunnelAttribute'
  | 'ModifyVpnAttachmentAttribute'
  | 'ModifyVpnConnectionAttribute';

export const VPC_VERSION = '2016-04-28';

export const VPC_OPERATIONS: Record<VpcOperation, Definition<VpcState>> = {
  CheckVpnBgpEnabled: checkVpnBgpEnabled,
  CreateCustomerGateway: createCustomerGateway,
  DeleteCustomerGateway: deleteCustomerGateway,
  DescribeCustomerGateway: describeCustomerGateway,
  DescribeCustomerGateways: describeCustomerGateways,
  DescribeVpnAttachments: describeVpnAttachments,
  DescribeVpnConnection: describeVpnConnection,
  DescribeVpnConnectionLogs: describeVpnConnectionLogs,
  DescribeVpnConnections: describeVpnConnections,
  DescribeVpnGateway: describeVpnGateway,
  DescribeVpnGateways: describeVpnGateways,
  DiagnoseVpnConnections: diagnoseVpnConnections,
  DownloadVpnConnectionConfig: downloadVpnConnectionConfig,
  ModifyTunnelAttribute: modifyTunnelAttribute,
  ModifyVpnAttachmentAttribute: modifyVpnAttachmentAttribute,
  ModifyVpnConnectionAttribute: modifyVpnConnectionAttribute,
};
