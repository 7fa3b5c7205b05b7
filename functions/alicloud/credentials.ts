import AlibabaCredentials from '@alicloud/credentials';

type Credential = InstanceType<typeof AlibabaCredentials.default>;

/** As Function Compute hands them to each invocation; temporary ones have a token. */
export interface ContextCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/**
 * One credential object for both SDKs. With a source it is asked before every request, so credentials that
 * a later invocation brings are followed; without one, the SDK's default chain (environment, profile,
 * instance role …) decides.
 */
export function createCredential(source: (() => ContextCredentials) | null): Credential {
  if (source === null) return new AlibabaCredentials.default();
  const provider = {
    getProviderName: () => 'fc_context',
    getCredentials: async () => ({ ...source(), providerName: 'fc_context' }),
  };
  return new AlibabaCredentials.default(null, provider);
}

export type { Credential };
