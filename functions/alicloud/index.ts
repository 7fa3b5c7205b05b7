import type { SecretStore } from '../ports/secret-store.ts';
import type { VpnApi } from '../ports/vpn-api.ts';
import { createCredential } from './credentials.ts';
import type { ContextCredentials } from './credentials.ts';
import { kmsEndpoint, vpcEndpoint } from './endpoints.ts';
import type { Endpoint } from './endpoints.ts';
import { createKmsClient } from './kms-client.ts';
import type { RpcTransport } from './rpc.ts';
import { createSdkTransport } from './sdk-transport.ts';
import { createSecretStore } from './secret-store.ts';
import { createVpcClient } from './vpc-client.ts';
import { createVpnApi } from './vpn-api.ts';

export { parseEndpoint } from './endpoints.ts';
export { KMS_ACTIONS, VPC_ACTIONS } from './rpc.ts';
export { createSecretStore, createVpnApi };
export type { ContextCredentials, Endpoint, RpcTransport };

export interface CloudOptions {
  /** The region of KMS. Every VPN call names its own. */
  readonly region: string;
  /** Null: the region's public endpoint. */
  readonly vpcEndpoint: Endpoint | null;
  readonly kmsEndpoint: Endpoint | null;
  /** Null: the SDK's default chain. */
  readonly credentials: (() => ContextCredentials) | null;
  /** True sends ModifyTunnelAttribute's options, and with them the key, as a form body. */
  readonly tunnelOptionsInBody: boolean;
  readonly requestTimeoutMs: number;
  /** Called once for each HTTP request with the vendor's name of the action. */
  readonly countCall: (operation: string) => void;
}

/** Both services through the vendor's SDKs, with one credential. */
export function createClouds(options: CloudOptions): { vpn: VpnApi; secrets: SecretStore } {
  const { region, requestTimeoutMs: timeoutMs, countCall } = options;
  const credential = createCredential(options.credentials);
  const vpc = createVpcClient({
    credential,
    endpointOf: (regionId) => options.vpcEndpoint ?? vpcEndpoint(regionId),
    timeoutMs,
  });
  const kms = createKmsClient({
    credential,
    endpoint: options.kmsEndpoint ?? kmsEndpoint(region),
    regionId: region,
    timeoutMs,
  });
  const transport = createSdkTransport({ credential, vpc, kms, timeoutMs, countCall });
  return {
    vpn: createVpnApi(transport, { tunnelOptionsInBody: options.tunnelOptionsInBody }),
    secrets: createSecretStore(transport, region),
  };
}
