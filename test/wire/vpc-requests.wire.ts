import { $OpenApiUtil } from '@alicloud/openapi-core';
import WholeVpc, * as models from '@alicloud/vpc20160428';
import { cast } from '@darabonba/typescript';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { epochMs } from '../../functions/core/units.ts';
import type { TunnelWrite } from '../../functions/core/write.ts';
import { onlyRequestOf, startCaptureServer } from './capture-server.ts';
import type { CaptureServer, Captured } from './capture-server.ts';
import { CREDENTIALS, cloudsAt } from './clouds.ts';
import {
  attachmentWrite,
  CANARY,
  singleAttachmentWrite,
  singleTunnelWrite,
  tunnelWrite,
} from './sample-writes.ts';

let server: CaptureServer;
beforeEach(async () => {
  server = await startCaptureServer();
});
afterEach(() => server.close());

const onlyRequest = (): Captured => onlyRequestOf(server);

async function sent(write: TunnelWrite, tunnelOptionsInBody = false): Promise<Captured> {
  const { vpn } = cloudsAt(server.endpoint, { tunnelOptionsInBody });
  await expect(vpn.write(write)).resolves.toEqual({ kind: 'ok', value: null });
  return onlyRequest();
}

/** What the unabridged SDK sends, for comparison. */
function wholeSdk(): InstanceType<typeof WholeVpc.default> {
  const { protocol, host: endpoint } = server.endpoint;
  return new WholeVpc.default(
    new $OpenApiUtil.Config({ ...CREDENTIALS, type: 'access_key', protocol, endpoint }),
  );
}

const IKE = 'TunnelOptionsSpecification.TunnelIkeConfig';

describe('ModifyTunnelAttribute', () => {
  test('carries the documented headers and signs them with ACS3', async () => {
    const { method, path, headers } = await sent(tunnelWrite);
    expect({ method, path }).toEqual({ method: 'POST', path: '/' });
    expect(headers).toMatchObject({
      'x-acs-action': 'ModifyTunnelAttribute',
      'x-acs-version': '2016-04-28',
      accept: 'application/json',
      host: server.endpoint.host,
    });
    expect(headers.authorization).toMatch(
      /^ACS3-HMAC-SHA256 Credential=example-access-key-id,SignedHeaders=host;x-acs-action;.*,Signature=[0-9a-f]{64}$/u,
    );
  });

  test('has every parameter in the query, flattened with dots, and no body', async () => {
    const { query, form } = await sent(tunnelWrite);
    expect(form).toEqual({});
    expect(query).toEqual({
      RegionId: 'cn-hangzhou',
      VpnConnectionId: 'vco-1',
      TunnelId: 'tun-1',
      ClientToken: 'a'.repeat(64),
      'TunnelOptionsSpecification.CustomerGatewayId': 'cgw-1',
      'TunnelOptionsSpecification.EnableDpd': 'true',
      'TunnelOptionsSpecification.EnableNatTraversal': 'false',
      'TunnelOptionsSpecification.RemoteCaCertificate': '-----BEGIN CERTIFICATE-----\nexample',
      [`${IKE}.Psk`]: CANARY,
      [`${IKE}.IkeVersion`]: 'ikev2',
      [`${IKE}.IkeMode`]: 'main',
      [`${IKE}.IkeEncAlg`]: 'aes256',
      [`${IKE}.IkeAuthAlg`]: 'sha256',
      [`${IKE}.IkePfs`]: 'group14',
      [`${IKE}.IkeLifetime`]: '86400',
      [`${IKE}.LocalId`]: '203.0.113.1',
      [`${IKE}.RemoteId`]: '198.51.100.1',
      'TunnelOptionsSpecification.TunnelIpsecConfig.IpsecEncAlg': 'aes256',
      'TunnelOptionsSpecification.TunnelIpsecConfig.IpsecAuthAlg': 'sha256',
      'TunnelOptionsSpecification.TunnelIpsecConfig.IpsecPfs': 'group14',
      'TunnelOptionsSpecification.TunnelIpsecConfig.IpsecLifetime': '3600',
      'TunnelOptionsSpecification.TunnelBgpConfig.LocalAsn': '65530',
      'TunnelOptionsSpecification.TunnelBgpConfig.LocalBgpIp': '169.254.11.1',
      'TunnelOptionsSpecification.TunnelBgpConfig.TunnelCidr': '169.254.11.0/30',
    });
  });

  test('tunnelOptionsInBody moves the options, and only them, into a form body', async () => {
    const { query, form, headers } = await sent(tunnelWrite, true);
    expect(Object.keys(query).sort()).toEqual([
      'ClientToken',
      'RegionId',
      'TunnelId',
      'VpnConnectionId',
    ]);
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(form).toMatchObject({ [`${IKE}.Psk`]: CANARY, [`${IKE}.IkeLifetime`]: '86400' });
    expect(Object.keys(form)).toHaveLength(20);
  });

  test('equals what the unabridged SDK sends', async () => {
    const { query, form, headers } = await sent(tunnelWrite);
    const theirs = new models.ModifyTunnelAttributeRequest({
      regionId: 'cn-hangzhou',
      vpnConnectionId: 'vco-1',
      tunnelId: 'tun-1',
      clientToken: 'a'.repeat(64),
      tunnelOptionsSpecification: new models.ModifyTunnelAttributeRequestTunnelOptionsSpecification(
        {
          enableDpd: true,
          enableNatTraversal: false,
          customerGatewayId: 'cgw-1',
          remoteCaCertificate: '-----BEGIN CERTIFICATE-----\nexample',
          tunnelIkeConfig:
            new models.ModifyTunnelAttributeRequestTunnelOptionsSpecificationTunnelIkeConfig({
              psk: CANARY,
              ikeVersion: 'ikev2',
              ikeMode: 'main',
              ikeEncAlg: 'aes256',
              ikeAuthAlg: 'sha256',
              ikePfs: 'group14',
              ikeLifetime: 86_400,
              localId: '203.0.113.1',
              remoteId: '198.51.100.1',
            }),
          tunnelIpsecConfig:
            new models.ModifyTunnelAttributeRequestTunnelOptionsSpecificationTunnelIpsecConfig({
              ipsecEncAlg: 'aes256',
              ipsecAuthAlg: 'sha256',
              ipsecPfs: 'group14',
              ipsecLifetime: 3600,
            }),
          tunnelBgpConfig:
            new models.ModifyTunnelAttributeRequestTunnelOptionsSpecificationTunnelBgpConfig({
              localAsn: 65_530,
              localBgpIp: '169.254.11.1',
              tunnelCidr: '169.254.11.0/30',
            }),
        },
      ),
    });
    await wholeSdk().modifyTunnelAttribute(theirs);
    const whole = server.captured[1];
    expect({ query, form }).toEqual({ query: whole?.query, form: whole?.form });
    const names = Object.keys(headers).filter((name) => name !== 'x-acs-credentials-provider');
    expect(Object.keys(whole?.headers ?? {})).toEqual(expect.arrayContaining(names));
  });
});

describe('ModifyVpnConnectionAttribute', () => {
  test('of a single-tunnel connection: phase 1, 2 and BGP as JSON in the query, subnets resent', async () => {
    const { query, form } = await sent(singleTunnelWrite);
    const { IkeConfig, IpsecConfig, BgpConfig, ...rest } = query;
    expect(form).toEqual({});
    expect(rest).toEqual({
      RegionId: 'cn-hangzhou',
      VpnConnectionId: 'vco-1',
      ClientToken: 'a'.repeat(64),
      LocalSubnet: '10.0.0.0/16,10.1.0.0/16',
      RemoteSubnet: '172.16.0.0/12',
      EffectImmediately: 'true',
      EnableDpd: 'true',
      EnableNatTraversal: 'false',
      RemoteCaCertificate: '-----BEGIN CERTIFICATE-----\nexample',
    });
    expect(JSON.parse(IkeConfig ?? '')).toEqual({
      Psk: CANARY,
      IkeVersion: 'ikev2',
      IkeMode: 'main',
      IkeEncAlg: 'aes256',
      IkeAuthAlg: 'sha256',
      IkePfs: 'group14',
      IkeLifetime: 86_400,
      LocalId: '203.0.113.1',
      RemoteId: '198.51.100.1',
    });
    expect(JSON.parse(IpsecConfig ?? '')).toEqual({
      IpsecEncAlg: 'aes256',
      IpsecAuthAlg: 'sha256',
      IpsecPfs: 'group14',
      IpsecLifetime: 3600,
    });
    expect(JSON.parse(BgpConfig ?? '')).toEqual({
      EnableBgp: 'true',
      LocalAsn: '65530',
      LocalBgpIp: '169.254.11.1',
      TunnelCidr: '169.254.11.0/30',
    });
  });
});

describe('ModifyVpnAttachmentAttribute', () => {
  test('restates both tunnels in a form body, counted from 1, with their indexes', async () => {
    const { query, form } = await sent(attachmentWrite);
    expect(query).toEqual({
      RegionId: 'cn-hangzhou',
      VpnConnectionId: 'vco-1',
      ClientToken: 'a'.repeat(64),
      LocalSubnet: '10.0.0.0/16,10.1.0.0/16',
      RemoteSubnet: '172.16.0.0/12',
      EffectImmediately: 'true',
      EnableTunnelsBgp: 'true',
    });
    expect(form).toMatchObject({
      'TunnelOptionsSpecification.1.TunnelId': 'tun-2',
      'TunnelOptionsSpecification.1.TunnelIndex': '2',
      'TunnelOptionsSpecification.1.TunnelIkeConfig.Psk': CANARY,
      'TunnelOptionsSpecification.2.TunnelId': 'tun-1',
      'TunnelOptionsSpecification.2.TunnelIndex': '1',
      'TunnelOptionsSpecification.2.TunnelIkeConfig.Psk': 'example-psk-partner',
      'TunnelOptionsSpecification.2.TunnelIkeConfig.IkeVersion': 'ikev1',
    });
    // The model of this call has no certificate in its items.
    expect(form).not.toHaveProperty(['TunnelOptionsSpecification.1.RemoteCaCertificate']);
  });

  test('of a single-tunnel attachment names the customer gateway and the certificate its own way', async () => {
    const { query } = await sent(singleAttachmentWrite);
    expect(query).toMatchObject({ CustomerGatewayId: 'cgw-1', RemoteCaCert: expect.any(String) });
  });

  test('equals what the unabridged SDK sends', async () => {
    const { query, form } = await sent(attachmentWrite);
    const wire = {
      ...query,
      TunnelOptionsSpecification: nested(form, 'TunnelOptionsSpecification'),
    };
    const theirs = cast(wire, new models.ModifyVpnAttachmentAttributeRequest({}));
    await wholeSdk().modifyVpnAttachmentAttribute(theirs);
    const whole = server.captured[1];
    expect({ query: whole?.query, form: whole?.form }).toEqual({ query, form });
  });
});

/** The list below `name`, from its flat form. */
function nested(form: Readonly<Record<string, string>>, name: string): object[] {
  const items: Record<string, unknown>[] = [];
  for (const [key, value] of Object.entries(form)) {
    const [root, position, first, second] = key.split('.');
    if (root !== name || first === undefined) continue;
    const item = (items[Number(position) - 1] ??= {});
    item[first] = second === undefined ? value : { ...(item[first] as object), [second]: value };
  }
  return items;
}

describe('reads and customer gateways', () => {
  test.each([
    [
      'DescribeVpnGateways',
      { RegionId: 'eu-central-1', PageNumber: '1', PageSize: '50', VpnGatewayId: 'vpn-1' },
    ],
    [
      'DescribeVpnConnections',
      { RegionId: 'eu-central-1', PageNumber: '2', PageSize: '50', VpnConnectionId: 'vco-1' },
    ],
    ['DescribeCustomerGateways', { RegionId: 'eu-central-1', PageNumber: '1', PageSize: '50' }],
    [
      'DescribeVpnConnectionLogs',
      {
        RegionId: 'eu-central-1',
        VpnConnectionId: 'vco-1',
        TunnelId: 'tun-1',
        From: '1000',
        To: '1002',
        PageNumber: '1',
        PageSize: '50',
      },
    ],
    [
      'CreateCustomerGateway',
      {
        RegionId: 'eu-central-1',
        IpAddress: '198.51.100.1',
        Name: 'n',
        Asn: '65000',
        ClientToken: 't',
      },
    ],
    [
      'DeleteCustomerGateway',
      { RegionId: 'eu-central-1', CustomerGatewayId: 'cgw-1', ClientToken: 't' },
    ],
  ])('%s has its parameters in the query', async (action, parameters) => {
    const { vpn } = cloudsAt(server.endpoint);
    const regionId = 'eu-central-1';
    const page = { regionId, pageNumber: 1, pageSize: 50 };
    const calls: Record<string, () => Promise<unknown>> = {
      DescribeVpnGateways: () => vpn.listVpnGateways({ ...page, vpnGatewayId: 'vpn-1' }),
      DescribeVpnConnections: () =>
        vpn.listVpnConnections({ ...page, pageNumber: 2, vpnConnectionId: 'vco-1' }),
      DescribeCustomerGateways: () => vpn.listCustomerGateways(page),
      DescribeVpnConnectionLogs: () =>
        vpn.readLogs({
          regionId,
          vpnConnectionId: 'vco-1',
          tunnelId: 'tun-1',
          from: epochMs(1_000_900),
          to: epochMs(1_001_100),
        }),
      CreateCustomerGateway: () =>
        vpn.createCustomerGateway({
          regionId,
          ipAddress: '198.51.100.1',
          name: 'n',
          asn: 65_000,
          clientToken: 't',
        }),
      DeleteCustomerGateway: () =>
        vpn.deleteCustomerGateway({ regionId, customerGatewayId: 'cgw-1', clientToken: 't' }),
    };
    await calls[action]?.();
    const { headers, query, form } = onlyRequest();
    expect(headers['x-acs-action']).toBe(action);
    expect(query).toEqual(parameters);
    expect(form).toEqual({});
  });
});

test('a temporary credential travels in signed headers and is followed when it changes', async () => {
  let securityToken = 'example-token-1';
  const credentials = () => ({ ...CREDENTIALS, securityToken });
  const { vpn } = cloudsAt(server.endpoint, { credentials });
  await vpn.write(tunnelWrite);
  securityToken = 'example-token-2';
  await vpn.write(tunnelWrite);
  expect(server.captured.map(({ headers }) => headers['x-acs-security-token'])).toEqual([
    'example-token-1',
    'example-token-2',
  ]);
  expect(server.captured[0]?.headers.authorization).toContain('x-acs-security-token');
});
