import { createClouds } from '../../functions/alicloud/index.ts';
import type { CloudOptions } from '../../functions/alicloud/index.ts';

/** A key of nobody; `createClouds` with everything a test does not care about. */
export const CREDENTIALS = {
  accessKeyId: 'example-access-key-id',
  accessKeySecret: 'example-access-key-secret',
};

export function cloudsAt(
  endpoint: NonNullable<CloudOptions['vpcEndpoint']>,
  options: Partial<CloudOptions> = {},
) {
  return createClouds({
    region: 'cn-hangzhou',
    vpcEndpoint: endpoint,
    kmsEndpoint: endpoint,
    credentials: () => CREDENTIALS,
    tunnelOptionsInBody: false,
    requestTimeoutMs: 5_000,
    countCall: () => {},
    ...options,
  });
}
