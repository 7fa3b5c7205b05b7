import { pathOf } from './document-reader.ts';
import type { DocumentReader, Fields } from './document-reader.ts';
import type { Target } from './document.ts';
import type { JsonNode } from './json-text.ts';
import { liesIn } from './link-local.ts';
import { PARAMETERS } from './parameters.ts';
import type { Parameter, Settings } from './parameters.ts';
import { Redacted } from './redacted.ts';

const SPECIFICATION = 'TunnelOptionsSpecification';
const PSK = { kind: 'psk' } as const;
const FIELDS = ['RegionId', 'VpnConnectionId', 'TunnelId', 'Psk', SPECIFICATION];

/** Reads one target; null when it does not say which tunnel it is about. */
export function parseTarget(reader: DocumentReader, node: JsonNode, path: string): Target | null {
  const fields = reader.fields(node, path, FIELDS);
  const regionId = reader.required(fields, 'RegionId', { kind: 'regionId' });
  const vpnConnectionId = reader.required(fields, 'VpnConnectionId', {
    kind: 'resourceId',
    prefix: 'vco-',
  });
  const tunnelId = reader.value(fields, 'TunnelId', { kind: 'resourceId', prefix: 'tun-' });
  const wish = readWish(reader, fields);
  if (regionId === undefined || vpnConnectionId === undefined) return null;
  if (tunnelId === undefined && fields.byName.has('TunnelId')) return null;
  return { path, regionId, vpnConnectionId, tunnelId: tunnelId ?? null, ...wish };
}

interface Wish {
  readonly key: Redacted | null;
  readonly settings: Settings;
}

function readWish(reader: DocumentReader, fields: Fields): Wish {
  const short = redact(reader.value(fields, 'Psk', PSK));
  const node = fields.byName.get(SPECIFICATION);
  const wish =
    node === undefined
      ? { key: null, settings: {} }
      : readSpecification(reader, node, pathOf(fields.path, SPECIFICATION));
  const forms = [fields.byName.has('Psk'), node !== undefined].filter(Boolean);
  if (fields.node.kind === 'object' && forms.length !== 1) {
    reader.fault(fields.node, fields.path, `must have either Psk or ${SPECIFICATION}`);
  }
  return node === undefined ? { key: short, settings: {} } : wish;
}

function redact(key: string | undefined): Redacted | null {
  return key === undefined ? null : new Redacted(key);
}

/** The long form: the documented surface of `TunnelOptionsSpecification`, any part of it. */
function readSpecification(reader: DocumentReader, node: JsonNode, path: string): Wish {
  const fields = sectionOf(reader, node, path, namesBelow(null));
  const settings: Record<string, unknown> = {};
  let key: Redacted | null = null;
  for (const [name, inside] of fields.byName) {
    const inner = namesBelow(name);
    if (inner.length === 0) readSetting(reader, fields, name, [name], settings);
    else {
      const section = sectionOf(reader, inside, pathOf(path, name), inner);
      key ??= redact(reader.value(section, 'Psk', PSK));
      for (const field of inner) readSetting(reader, section, field, [name, field], settings);
      checkBgp(reader, section, settings);
    }
  }
  return { key, settings };
}

function sectionOf(
  reader: DocumentReader,
  node: JsonNode,
  path: string,
  known: readonly string[],
): Fields {
  const section = reader.fields(node, path, known);
  if (node.kind === 'object' && node.members.length === 0) {
    reader.fault(node, path, 'must name a key or a setting');
  }
  return section;
}

/** The field names of the specification itself (`section` null) or of one of its sections. */
function namesBelow(section: string | null): readonly string[] {
  if (section === null) return [...new Set(PARAMETERS.map(({ path }) => path[0]))];
  const names = PARAMETERS.filter(({ path }) => path[0] === section).flatMap(({ path }) =>
    path.slice(1),
  );
  return section === 'TunnelIkeConfig' ? ['Psk', ...names] : names;
}

function readSetting(
  reader: DocumentReader,
  fields: Fields,
  field: string,
  path: readonly string[],
  settings: Record<string, unknown>,
): void {
  const parameter = (PARAMETERS as readonly Parameter[]).find(
    (candidate) => candidate.path.join('.') === path.join('.'),
  );
  if (parameter === undefined) return;
  const value = reader.value(fields, field, parameter.rule);
  if (value !== undefined) settings[parameter.name] = value;
}

/** `LocalBgpIp` has to lie in `TunnelCidr`; where the document names only one, the live one decides. */
function checkBgp(reader: DocumentReader, section: Fields, settings: Settings): void {
  const { bgpLocalIp: ip, bgpTunnelCidr: cidr } = settings;
  const node = section.byName.get('LocalBgpIp');
  if (ip === undefined || cidr === undefined || node === undefined || liesIn(ip, cidr)) return;
  reader.fault(node, pathOf(section.path, 'LocalBgpIp'), 'must lie in TunnelCidr');
}
