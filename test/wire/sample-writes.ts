import { Redacted } from '../../functions/core/redacted.ts';
import type { Settings } from '../../functions/core/parameters.ts';
import type { TunnelWrite } from '../../functions/core/write.ts';

/** Never to be seen anywhere but in a request; with every character that an encoding could get wrong. */
export const CANARY = "example-psk-canary!~%'()*+/=&#;";

export const SETTINGS: Settings = {
  ikeVersion: 'ikev2',
  ikeMode: 'main',
  ikeEncryption: 'aes256',
  ikeAuthentication: 'sha256',
  ikePfs: 'group14',
  ikeLifetimeSeconds: 86_400,
  localId: '203.0.113.1',
  remoteId: '198.51.100.1',
  ipsecEncryption: 'aes256',
  ipsecAuthentication: 'sha256',
  ipsecPfs: 'group14',
  ipsecLifetimeSeconds: 3600,
  bgpLocalAsn: 65_530,
  bgpLocalIp: '169.254.11.1',
  bgpTunnelCidr: '169.254.11.0/30',
  dpd: true,
  natTraversal: false,
  customerGatewayId: 'cgw-1',
  remoteCaCertificate: '-----BEGIN CERTIFICATE-----\nexample',
};

const base = {
  regionId: 'cn-hangzhou',
  vpnConnectionId: 'vco-1',
  clientToken: 'a'.repeat(64),
  config: { key: new Redacted(CANARY), settings: SETTINGS },
  localSubnets: '10.0.0.0/16,10.1.0.0/16',
  remoteSubnets: '172.16.0.0/12',
  effectImmediately: true,
  tunnelIndex: null,
  partner: null,
} as const;

export const tunnelWrite: TunnelWrite = {
  ...base,
  call: 'ModifyTunnelAttribute',
  tunnelId: 'tun-1',
};

export const singleTunnelWrite: TunnelWrite = {
  ...base,
  call: 'ModifyVpnConnectionAttribute',
  tunnelId: null,
};

export const singleAttachmentWrite: TunnelWrite = {
  ...base,
  call: 'ModifyVpnAttachmentAttribute',
  tunnelId: null,
};

export const attachmentWrite: TunnelWrite = {
  ...base,
  call: 'ModifyVpnAttachmentAttribute',
  tunnelId: 'tun-2',
  tunnelIndex: 2,
  partner: {
    tunnelId: 'tun-1',
    tunnelIndex: 1,
    config: { key: new Redacted('example-psk-partner'), settings: { ikeVersion: 'ikev1' } },
  },
};
