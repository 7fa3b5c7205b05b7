import type { Invoker } from '../ports/invoker.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import type { VpnApi } from '../ports/vpn-api.ts';
import { createCredential } from './credentials.ts';
import type { ContextCredentials } from './credentials.ts';
import { fcEndpoint, kmsEndpoint, vpcEndpoint } from './endpoints.ts';
import type { Endpoint } from './endpoints.ts';
import type { createFc2Client } from './fc2-client.ts';
import { createKmsClient } from './kms-client.ts';
import { lazyPort } from './lazily.ts';
import type { RpcTransport } from './rpc.ts';
import { guarded } from './guarded.ts';
import { createSecretStore } from './secret-store.ts';

export { kmsEndpoint, parseEndpoint, vpcEndpoint } from './endpoints.ts';
export { serviceTime } from './service-time.ts';
export { FC_ACTIONS, KMS_ACTIONS, VPC_ACTIONS } from './rpc.ts';
export { lazily } from './lazily.ts';
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
  const guard = { credential, timeoutMs, countCall };
  const kms = createKmsClient({
    credential,
    endpoint: options.kmsEndpoint ?? kmsEndpoint(region),
    regionId: region,
    timeoutMs,
  });
  return {
    secrets: createSecretStore({ request: guarded(guard, kms) }, region, async () => {
      const { secretAnswers } = await import('./later.ts');
      return secretAnswers;
    }),
    vpn: lazyPort<VpnApi>(VPN_METHODS, async () => {
      const { createVpcClient, createVpnApi } = await import('./later.ts');
      const vpc = createVpcClient({
        credential,
        endpointOf: (regionId) => options.vpcEndpoint ?? vpcEndpoint(regionId),
        timeoutMs,
      });
      const { tunnelOptionsInBody } = options;
      return createVpnApi({ request: guarded(guard, vpc) }, { tunnelOptionsInBody });
    }),
  };
}

const VPN_METHODS = {
  listVpnGateways: true,
  listVpnConnections: true,
  listCustomerGateways: true,
  readLogs: true,
  write: true,
  createCustomerGateway: true,
  deleteCustomerGateway: true,
} as const;

export interface FunctionOptions {
  readonly region: string;
  readonly accountId: string;
  /** Null: the account's public endpoint in that region. */
  readonly endpoint: Endpoint | null;
  readonly credentials: (() => ContextCredentials) | null;
  readonly requestTimeoutMs: number;
  readonly countCall: (operation: string) => void;
  /** The client of Function Compute 2.0's own API; without it its functions are reached over that of 3.0. */
  readonly fc2: typeof createFc2Client | null;
}

/** Function Compute's tasks through the vendor's SDKs. */
export function createFunctions(options: FunctionOptions): Invoker {
  const { region: regionId, accountId, requestTimeoutMs: timeoutMs, countCall } = options;
  const credential = createCredential(options.credentials);
  const endpoint = options.endpoint ?? fcEndpoint(accountId, regionId);
  const client = { credential, accountId, endpoint, regionId, timeoutMs };
  const guard = { credential, timeoutMs, countCall };
  const start = options.fc2?.(client) ?? null;
  return lazyPort<Invoker>(INVOKER_METHODS, async () => {
    const { createFcClient, createInvoker } = await import('./later.ts');
    return createInvoker(
      guarded(guard, createFcClient(client)),
      start === null
        ? null
        : (task) => guarded(guard, () => start(task))({ action: 'InvokeFunction' }),
    );
  });
}

const INVOKER_METHODS = { start: true, list: true, result: true } as const;
