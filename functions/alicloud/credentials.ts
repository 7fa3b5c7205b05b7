import type AlibabaCredentials from '@alicloud/credentials';

/** What the SDKs' clients ask a credential for. */
type Credential = InstanceType<typeof AlibabaCredentials.default>;

/** As Function Compute hands them to each invocation; temporary ones have a token. */
export interface ContextCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/**
 * One credential object for all SDKs. With a source it is asked before every request, so credentials that a
 * later invocation brings are followed; without one, the SDK's default chain (environment, profile, instance
 * role …) decides, and is only loaded then: a function never needs it.
 */
export function createCredential(source: (() => ContextCredentials) | null): Credential {
  const answers: Answers = source === null ? chained() : given(source);
  // The vendor's type is its class; the clients only ever call these.
  return answers as unknown as Credential;
}

interface Answers {
  getCredential(): Promise<{ readonly accessKeyId?: string; readonly accessKeySecret?: string }>;
  getAccessKeyId(): Promise<string>;
  getAccessKeySecret(): Promise<string>;
  getSecurityToken(): Promise<string>;
  getBearerToken(): string;
  getType(): string;
}

function given(source: () => ContextCredentials): Answers {
  return {
    getCredential: async () => ({
      ...source(),
      type: source().securityToken === undefined ? 'access_key' : 'sts',
      providerName: 'fc_context',
    }),
    getAccessKeyId: async () => source().accessKeyId,
    getAccessKeySecret: async () => source().accessKeySecret,
    getSecurityToken: async () => source().securityToken ?? '',
    getBearerToken: () => '',
    getType: () => (source().securityToken === undefined ? 'access_key' : 'sts'),
  };
}

function chained(): Answers {
  let chain: Promise<Credential> | null = null;
  const load = (): Promise<Credential> => {
    chain ??= import('./default-chain.ts').then(({ defaultChain }) => defaultChain());
    return chain;
  };
  return {
    getCredential: async () => (await load()).getCredential(),
    getAccessKeyId: async () => (await load()).getAccessKeyId(),
    getAccessKeySecret: async () => (await load()).getAccessKeySecret(),
    getSecurityToken: async () => (await load()).getSecurityToken(),
    getBearerToken: () => '',
    getType: () => 'default',
  };
}

export type { Credential };
