/** The vendor's own clients, unmodified, of several generations and both services. */
import Kms, * as kms from '@alicloud/kms20160120';
import OldOpenApi, * as old from '@alicloud/openapi-client';
import OpenApi, { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import PopCore from '@alicloud/pop-core';
import { RuntimeOptions } from '@alicloud/tea-util';
import Vpc, * as vpc from '@alicloud/vpc20160428';
import { RuntimeOptions as CoreRuntime } from '@darabonba/typescript';
import VpcV6, * as vpcV6 from 'vpc20160428-v6';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startLocalCloud } from '../../local/server.ts';
import type { LocalCloud } from '../../local/server.ts';
import { sampleFleet } from '../../local/sample-fleet.ts';

const REGION = 'cn-hangzhou';
const CONNECTION = 'vco-suzhou-plant-1';
const TUNNEL = 'tun-suzhou-plant-1b';
/** Every character that an encoding could get wrong; a space is not allowed in a key. */
const KEY = "example-psk~!@#$%^&*()_-+={}[]|;:',.<>/?";

let local: LocalCloud;
beforeEach(async () => {
  local = await startLocalCloud({ fleet: sampleFleet() });
});
afterEach(() => local.close());

function config(url: string) {
  const { accessKeyId, accessKeySecret } = local;
  const { host } = new URL(url);
  return { accessKeyId, accessKeySecret, endpoint: host, protocol: 'http', regionId: REGION };
}

const stored = () =>
  local.cloud.vpc.connections.get(CONNECTION)?.tunnels.find(({ tunnelId }) => tunnelId === TUNNEL)
    ?.config.ike.Psk;

describe('@alicloud/vpc20160428', () => {
  const client = () => new Vpc.default(new $OpenApiUtil.Config(config(local.vpc)));

  test('reads a connection into its model', async () => {
    const request = new vpc.DescribeVpnConnectionRequest({
      regionId: REGION,
      vpnConnectionId: CONNECTION,
    });
    const { statusCode, body } = await client().describeVpnConnection(request);
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({
      vpnConnectionId: CONNECTION,
      state: 'active',
      tunnelOptionsSpecification: {
        tunnelOptions: [
          { role: 'master', status: 'ipsec_sa_established' },
          { role: 'slave', tunnelIkeConfig: { ikeLifetime: '86400' } },
        ],
      },
    });
  });

  test('writes a tunnel with its options in the query', async () => {
    const Options = vpc.ModifyTunnelAttributeRequestTunnelOptionsSpecification;
    const IkeConfig = vpc.ModifyTunnelAttributeRequestTunnelOptionsSpecificationTunnelIkeConfig;
    const request = new vpc.ModifyTunnelAttributeRequest({
      regionId: REGION,
      vpnConnectionId: CONNECTION,
      tunnelId: TUNNEL,
      clientToken: 'example-token',
      tunnelOptionsSpecification: new Options({
        enableDpd: true,
        tunnelIkeConfig: new IkeConfig({ psk: KEY, ikeVersion: 'ikev2' }),
      }),
    });
    const { body } = await client().modifyTunnelAttribute(request);
    expect(body).toMatchObject({
      tunnelId: TUNNEL,
      state: 'updating',
      enableDpd: true,
      tunnelIkeConfig: { psk: KEY, ikeLifetime: 86_400 },
    });
    expect(stored()).toBe(KEY);
  });

  test('throws the refusal with its code', async () => {
    const request = new vpc.DescribeVpnConnectionRequest({
      regionId: REGION,
      vpnConnectionId: 'vco-nobody',
    });
    await expect(client().describeVpnConnection(request)).rejects.toMatchObject({
      code: 'InvalidVpnConnectionInstanceId.NotFound',
      statusCode: 404,
    });
  });
});

describe('@alicloud/vpc20160428, a major before', () => {
  const client = () => new VpcV6.default(new old.Config(config(local.vpc)));
  const named = { regionId: REGION, vpnConnectionId: CONNECTION };

  test('writes a tunnel and reads it into its model', async () => {
    const Options = vpcV6.ModifyTunnelAttributeRequestTunnelOptionsSpecification;
    const IkeConfig = vpcV6.ModifyTunnelAttributeRequestTunnelOptionsSpecificationTunnelIkeConfig;
    const write = new vpcV6.ModifyTunnelAttributeRequest({
      ...named,
      tunnelId: TUNNEL,
      tunnelOptionsSpecification: new Options({ tunnelIkeConfig: new IkeConfig({ psk: KEY }) }),
    });
    expect((await client().modifyTunnelAttribute(write)).body).toMatchObject({ tunnelId: TUNNEL });
    const read = new vpcV6.DescribeVpnConnectionRequest(named);
    expect((await client().describeVpnConnection(read)).body).toMatchObject({
      tunnelOptionsSpecification: {
        tunnelOptions: [{ role: 'master' }, { tunnelIkeConfig: { psk: KEY } }],
      },
    });
  });

  test('throws the refusal with its code', async () => {
    const read = { ...named, vpnConnectionId: 'vco-nobody' };
    const request = new vpcV6.DescribeVpnConnectionRequest(read);
    await expect(client().describeVpnConnection(request)).rejects.toMatchObject({
      code: 'InvalidVpnConnectionInstanceId.NotFound',
      statusCode: 404,
    });
  });
});

describe('@alicloud/kms20160120', () => {
  const client = () =>
    new Kms.default(config(local.kms) as ConstructorParameters<typeof Kms.default>[0]);
  const request = (values: Record<string, string>) => new kms.GetSecretValueRequest(values);

  test('reads a version into its model', async () => {
    const got = await client().getSecretValue(
      request({ secretName: 'vpn/suzhou-plant', versionId: 'v1' }),
    );
    expect(got).toMatchObject({
      secretName: 'vpn/suzhou-plant',
      versionId: 'v1',
      versionStages: { versionStage: ['ACSCurrent'] },
    });
    expect(JSON.parse(got.secretData)).toMatchObject({ schema: 'keyturn/1' });
  });

  test('throws the refusal with its code', async () => {
    await expect(client().getSecretValue(request({ secretName: 'nobody' }))).rejects.toMatchObject({
      data: { Code: 'Forbidden.ResourceNotFound' },
    });
  });
});

const PARAMETERS = {
  RegionId: REGION,
  VpnConnectionId: CONNECTION,
  TunnelId: TUNNEL,
  'TunnelOptionsSpecification.TunnelIkeConfig.Psk': KEY,
};
const MODIFY = {
  action: 'ModifyTunnelAttribute',
  version: '2016-04-28',
  protocol: 'HTTPS',
  pathname: '/',
  method: 'POST',
  authType: 'AK',
  style: 'RPC',
  reqBodyType: 'formData',
  bodyType: 'json',
};

describe('the generic clients', () => {
  test('@alicloud/openapi-core, parameters in a form', async () => {
    const client = new OpenApi.default(new $OpenApiUtil.Config(config(local.vpc)));
    const request = new $OpenApiUtil.OpenApiRequest({ body: OpenApiUtil.query(PARAMETERS) });
    await client.callApi(new $OpenApiUtil.Params(MODIFY), request, new CoreRuntime({}));
    expect(stored()).toBe(KEY);
  });

  test.each(['ACS3-HMAC-SHA256', 'v2'])('@alicloud/openapi-client signing by %s', async (by) => {
    const client = new OldOpenApi.default(
      new old.Config({ ...config(local.vpc), ...(by === 'v2' ? { signatureAlgorithm: by } : {}) }),
    );
    const request = new old.OpenApiRequest({ query: PARAMETERS });
    const answer = await client.callApi(new old.Params(MODIFY), request, new RuntimeOptions({}));
    expect(answer).toMatchObject({ statusCode: 200, body: { TunnelId: TUNNEL } });
    expect(stored()).toBe(KEY);
  });
});

describe('@alicloud/pop-core', () => {
  const client = (endpoint: string, apiVersion: string) =>
    new PopCore({
      endpoint,
      apiVersion,
      accessKeyId: local.accessKeyId,
      accessKeySecret: local.accessKeySecret,
    });

  test.each(['GET', 'POST'])('writes a tunnel by %s', async (method) => {
    const vpn = client(local.vpc, '2016-04-28');
    await vpn.request('ModifyTunnelAttribute', PARAMETERS, { method });
    expect(stored()).toBe(KEY);
  });

  test.each(['GET', 'POST'])('puts and reads a secret by %s', async (method) => {
    const secrets = client(local.kms, '2016-01-20');
    const SecretData = `${KEY} "with" spaces`;
    const name = { SecretName: 'vpn/suzhou-plant', VersionId: 'v3' };
    const VersionStages = '["ExampleLabel"]';
    await secrets.request('PutSecretValue', { ...name, SecretData, VersionStages }, { method });
    const read = await secrets.request('GetSecretValue', name, { method });
    expect(read).toMatchObject({ SecretData, VersionStages: { VersionStage: ['ExampleLabel'] } });
  });

  test('throws the refusal with its code', async () => {
    const vpn = client(local.vpc, '2016-04-28');
    await expect(vpn.request('NoSuchAction', {})).rejects.toMatchObject({
      code: 'InvalidApi.NotFound',
    });
  });
});
