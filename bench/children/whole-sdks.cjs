// What a job costs at its start that requires the vendor's clients as their READMEs show it.
const Kms = require('@alicloud/kms20160120');
const Vpc = require('@alicloud/vpc20160428');
const { Config } = require('@alicloud/openapi-core/dist/utils');

const config = (endpoint) => {
  const { host, protocol } = new URL(endpoint);
  return new Config({
    accessKeyId: process.env.BENCH_ACCESS_KEY_ID,
    accessKeySecret: process.env.BENCH_ACCESS_KEY_SECRET,
    endpoint: host,
    protocol: protocol.slice(0, -1),
    regionId: process.env.KEYTURN_REGION,
  });
};
const kms = new Kms.default(config(process.env.KEYTURN_KMS_ENDPOINT));
const vpc = new Vpc.default(config(process.env.KEYTURN_VPC_ENDPOINT));
if (typeof vpc.modifyTunnelAttribute !== 'function') throw new Error('not the whole client');
void kms.listSecrets(new Kms.ListSecretsRequest({})).catch(() => undefined);
