/**
 * What a request says about one tunnel: read from flattened parameters or from the JSON texts of a
 * single-tunnel connection, checked against the documented values, and laid over what the tunnel has.
 */
import type { Params } from '../operation.ts';
import { contains, parseBlock, parseIpv4 } from './cidr.ts';
import { illegal, refusal } from './refusals.ts';
import type { VpnGateway } from './model.ts';

/** Only what was sent. A section that was sent is there even when it is empty. */
export interface TunnelOptions {
  readonly ike: Readonly<Record<string, string>> | null;
  readonly ipsec: Readonly<Record<string, string>> | null;
  readonly bgp: Readonly<Record<string, string>> | null;
  readonly top: Readonly<Record<string, string>>;
}

const ENCRYPTION = ['aes', 'aes192', 'aes256', 'des', '3des'];
const AUTHENTICATION = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'];
const GROUPS = ['group1', 'group2', 'group5', 'group14'];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  IkeVersion: ['ikev1', 'ikev2'],
  IkeMode: ['main', 'aggressive'],
  IkeEncAlg: ENCRYPTION,
  IkeAuthAlg: AUTHENTICATION,
  IkePfs: GROUPS,
  IpsecEncAlg: ENCRYPTION,
  IpsecAuthAlg: AUTHENTICATION,
  IpsecPfs: ['disabled', ...GROUPS],
};

/** ShangMi gateways: other ciphers, and certificates instead of a key (SDK comments; 2021 API page). */
const SHANGMI_VALUES: Readonly<Record<string, readonly string[]>> = {
  IkeVersion: ['ikev1'],
  IkeMode: ['main'],
  IkeEncAlg: ['sm4'],
  IkeAuthAlg: ['sm3'],
  IpsecEncAlg: ['sm4'],
  IpsecAuthAlg: ['sm3'],
};
const SHANGMI_FIXED = ['Psk', 'IkePfs', 'LocalId'];

const SECTIONS = { ike: 'TunnelIkeConfig.', ipsec: 'TunnelIpsecConfig.', bgp: 'TunnelBgpConfig.' };

/** Reads what stands below `prefix`, which ends with a dot. */
export function readFlattened(params: Params, prefix: string): TunnelOptions {
  const top: Record<string, string> = {};
  const sections: Record<string, Record<string, string>> = {};
  for (const [name, value] of Object.entries(params)) {
    if (!name.startsWith(prefix)) continue;
    const rest = name.slice(prefix.length);
    const dot = rest.indexOf('.');
    if (dot === -1) top[rest] = value;
    else (sections[rest.slice(0, dot + 1)] ??= {})[rest.slice(dot + 1)] = value;
  }
  return {
    ike: sections[SECTIONS.ike] ?? null,
    ipsec: sections[SECTIONS.ipsec] ?? null,
    bgp: sections[SECTIONS.bgp] ?? null,
    top,
  };
}

/** Reads `IkeConfig`, `IpsecConfig` and `BgpConfig`, JSON objects in text, and the flags beside them. */
export function readSingle(params: Params): TunnelOptions {
  const flags = ['EnableDpd', 'EnableNatTraversal', 'RemoteCaCertificate', 'CustomerGatewayId'];
  const top = Object.fromEntries(
    flags.flatMap((name) => {
      const value = params[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    ike: jsonSection(params, 'IkeConfig'),
    ipsec: jsonSection(params, 'IpsecConfig'),
    bgp: jsonSection(params, 'BgpConfig'),
    top,
  };
}

function jsonSection(params: Params, name: string): Record<string, string> | null {
  const text = params[name];
  if (text === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw illegal(name);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw illegal(name);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)]));
}

/** Throws the vendor's refusal of the first value that breaks a documented rule. */
export function checkOptions(
  options: TunnelOptions,
  gateway: VpnGateway | null,
  quotesInKey: 'accepted' | 'refused',
): void {
  const { Psk } = options.ike ?? {};
  // Which of these are allowed differs between the SDKs' comments.
  if (quotesInKey === 'refused' && /['"\\]/.test(Psk ?? '')) throw illegal('Psk');
  const shangMi = gateway?.vpnType === 'NationalStandard';
  for (const section of [options.ike, options.ipsec]) {
    for (const [name, value] of Object.entries(section ?? {})) {
      if (shangMi && SHANGMI_FIXED.includes(name)) throw illegal(name);
      checkField(name, value, shangMi ? SHANGMI_VALUES : VALUES);
      if (gateway?.unsupported[name]?.includes(value) === true) throw notSupported(name);
    }
  }
  for (const name of ['EnableDpd', 'EnableNatTraversal']) {
    const value = options.top[name];
    if (value !== undefined && value !== 'true' && value !== 'false') throw illegal(name);
  }
  if (options.bgp !== null) checkBgp(options.bgp);
}

function checkField(
  name: string,
  value: string,
  lists: Readonly<Record<string, readonly string[]>>,
): void {
  const list = lists[name];
  if (list !== undefined && !list.includes(value)) throw notSupported(name);
  if (name === 'IkeLifetime' || name === 'IpsecLifetime') {
    if (!isWhole(value, 0, 86_400)) throw illegal(name);
  }
  // Any printable character but the space.
  if (name === 'Psk' && !/^[!-~]{1,100}$/.test(value)) throw illegal(name);
  if ((name === 'LocalId' || name === 'RemoteId') && !/^\S{1,100}$/.test(value))
    throw illegal(name);
}

function notSupported(name: string): Error {
  if (name === 'IpsecPfs' || name === 'IpsecAuthAlg') {
    return refusal(`NotSupportVpnConnectionParameter.${name}`);
  }
  return illegal(name);
}

/** The eight /30 blocks of 169.254.0.0/16 that the page excludes. */
const RESERVED = [
  ...[0, 1, 2, 3, 4, 5, 6].map((third) => `169.254.${third}.0/30`),
  '169.254.169.252/30',
];

function checkBgp(bgp: Readonly<Record<string, string>>): void {
  const { LocalAsn, LocalBgpIp, TunnelCidr } = bgp;
  if (LocalAsn !== undefined && !isWhole(LocalAsn, 1, 4_294_967_295)) throw illegal('LocalAsn');
  const block = TunnelCidr === undefined ? undefined : parseBlock(TunnelCidr);
  if (TunnelCidr !== undefined) {
    const inside = block !== null && block !== undefined && block.prefix === 30;
    if (!inside || !TunnelCidr.startsWith('169.254.') || RESERVED.includes(TunnelCidr)) {
      throw illegal('TunnelCidr');
    }
  }
  if (LocalBgpIp === undefined) return;
  const address = parseIpv4(LocalBgpIp);
  if (address === null) throw illegal('LocalBgpIp');
  if (block !== undefined && block !== null && !contains(block, address)) {
    throw illegal('LocalBgpIp');
  }
}

function isWhole(text: string, min: number, max: number): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) >= min && Number(text) <= max;
}
