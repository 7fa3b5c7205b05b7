import { ROOT, DocumentReader, pathOf } from './document-reader.ts';
import type { Fields } from './document-reader.ts';
import type {
  GroupStrategy,
  Handover,
  ParsedDocument,
  ProofRule,
  RotationDocument,
  Target,
} from './document.ts';
import { placeOf, readJson } from './json-text.ts';
import type { JsonNode } from './json-text.ts';
import { parseTarget } from './parse-target.ts';
import { parseWindow } from './window.ts';
import type { Window } from './window.ts';

/** A KMS generic secret holds at most this much. Source: API page of PutSecretValue, read November 2026. */
export const MAX_DOCUMENT_BYTES = 30_720;

export const SCHEMA = 'keyturn/1';

/** What a document means by leaving an option out. */
export const DEFAULTS = {
  handover: { mode: 'immediate' },
  proof: { require: 'established', timeoutSeconds: 300 },
  onFailure: 'restore',
  allowInterruption: false,
  groupStrategy: 'in-place',
  rotateEveryDays: null,
  window: null,
} as const satisfies Omit<RotationDocument, 'targets'>;

/** A stepwise handover waits over a weekend with a public holiday. */
const FOLLOW_WITHIN_HOURS = 96;

const FIELDS = ['schema', 'targets', ...Object.keys(DEFAULTS)];
const ON_FAILURE = { kind: 'oneOf', values: ['restore', 'hold'] } as const;
const GROUP_STRATEGY = { kind: 'oneOf', values: ['in-place', 'replace-customer-gateway'] } as const;
const BOOLEAN = { kind: 'boolean' } as const;
const ROTATE_EVERY_DAYS = { kind: 'integer', min: 1, max: 1000 } as const;
const PROOF = { kind: 'oneOf', values: ['proven', 'established', 'none'] } as const;
const PROOF_SECONDS = { kind: 'integer', min: 1, max: 3600 } as const;
/** Up to thirty days: a handover that takes longer is not one rotation. */
const FOLLOW_HOURS = { kind: 'integer', min: 1, max: 720 } as const;
const HANDOVER_FIELDS = ['mode', 'notBefore', 'followWithinHours'];
const MODES = ['immediate', 'acknowledged', 'scheduled', 'stepwise'] as const;

/**
 * Reads a rotation document. Never throws; on any fault there is no document. Faults name every broken
 * rule in the order of the text, and never what stood there.
 */
export function parseDocument(text: string): ParsedDocument {
  if (new TextEncoder().encode(text).length > MAX_DOCUMENT_BYTES) {
    return refused(`is larger than ${MAX_DOCUMENT_BYTES} bytes`);
  }
  const json = readJson(text);
  if (json.kind === 'broken') {
    return refused(`is not valid JSON: ${json.expected} expected at ${placeOf(text, json.at)}`);
  }
  const reader = new DocumentReader(text);
  const document = readDocument(reader, reader.fields(json.node, ROOT, FIELDS));
  const { faults } = reader;
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'document', document };
}

function refused(rule: string): ParsedDocument {
  return { kind: 'faults', faults: [{ path: ROOT, rule }] };
}

function readDocument(reader: DocumentReader, fields: Fields): RotationDocument {
  reader.required(fields, 'schema', { kind: 'oneOf', values: [SCHEMA] });
  const targets = readTargets(reader, fields);
  return {
    targets,
    handover: readHandover(reader, fields.byName.get('handover')),
    proof: readProof(reader, fields.byName.get('proof')),
    onFailure: reader.value(fields, 'onFailure', ON_FAILURE) ?? DEFAULTS.onFailure,
    allowInterruption:
      reader.value(fields, 'allowInterruption', BOOLEAN) ?? DEFAULTS.allowInterruption,
    groupStrategy: readGroupStrategy(reader, fields, targets),
    rotateEveryDays:
      reader.value(fields, 'rotateEveryDays', ROTATE_EVERY_DAYS) ?? DEFAULTS.rotateEveryDays,
    window: readWindow(reader, fields),
  };
}

/** Who names customer gateways and who has them replaced would undo each other. */
function readGroupStrategy(
  reader: DocumentReader,
  fields: Fields,
  targets: readonly Target[],
): GroupStrategy {
  const strategy = reader.value(fields, 'groupStrategy', GROUP_STRATEGY) ?? DEFAULTS.groupStrategy;
  const named = targets.find(({ settings }) => settings.customerGatewayId !== undefined);
  if (strategy !== DEFAULTS.groupStrategy && named !== undefined) {
    reader.fault(fields.node, 'groupStrategy', `not beside the CustomerGatewayId of ${named.path}`);
  }
  return strategy;
}

function readWindow(reader: DocumentReader, fields: Fields): Window | null {
  const text = reader.value(fields, 'window', { kind: 'window' });
  return text === undefined ? DEFAULTS.window : parseWindow(text);
}

function readTargets(reader: DocumentReader, fields: Fields): readonly Target[] {
  reader.requireField(fields, 'targets');
  const list = fields.byName.get('targets');
  if (list === undefined) return [];
  if (list.kind !== 'array' || list.items.length === 0) {
    reader.fault(list, 'targets', 'must be a list with at least one target');
    return [];
  }
  const targets: Target[] = [];
  for (const [index, node] of list.items.entries()) {
    const target = parseTarget(reader, node, `targets[${index}]`);
    if (target === null) continue;
    const twin = targets.find((other) => overlap(other, target));
    if (twin !== undefined) {
      reader.fault(node, target.path, `names a tunnel that ${twin.path} names as well`);
    }
    // Documented as unique within a VPN gateway; two tunnels of one connection certainly share theirs.
    if (twin === undefined && targets.some((other) => sharesCidr(other, target))) {
      reader.fault(node, target.path, 'repeats the TunnelCidr of another tunnel of its connection');
    }
    targets.push(target);
  }
  return targets;
}

function sameConnection(a: Target, b: Target): boolean {
  return a.regionId === b.regionId && a.vpnConnectionId === b.vpnConnectionId;
}

/** A target without a tunnel id names every tunnel of its connection. */
function overlap(a: Target, b: Target): boolean {
  const sameTunnel = a.tunnelId === b.tunnelId || a.tunnelId === null || b.tunnelId === null;
  return sameConnection(a, b) && sameTunnel;
}

function sharesCidr(a: Target, b: Target): boolean {
  const cidr = a.settings.bgpTunnelCidr;
  return cidr !== undefined && cidr === b.settings.bgpTunnelCidr && sameConnection(a, b);
}

function readHandover(reader: DocumentReader, node: JsonNode | undefined): Handover {
  if (node === undefined) return DEFAULTS.handover;
  const fields = reader.fields(node, 'handover', HANDOVER_FIELDS);
  const mode = reader.required(fields, 'mode', { kind: 'oneOf', values: MODES });
  if (mode === undefined) return DEFAULTS.handover;
  const belongsTo = (name: string, owner: Handover['mode']) => {
    const stray = mode === owner ? undefined : fields.byName.get(name);
    if (stray !== undefined) reader.fault(stray, pathOf('handover', name), `only with ${owner}`);
  };
  belongsTo('notBefore', 'scheduled');
  belongsTo('followWithinHours', 'stepwise');
  switch (mode) {
    case 'scheduled':
      return { mode, notBefore: reader.required(fields, 'notBefore', { kind: 'instant' }) ?? '' };
    case 'stepwise': {
      const followWithinHours = reader.value(fields, 'followWithinHours', FOLLOW_HOURS);
      return { mode, followWithinHours: followWithinHours ?? FOLLOW_WITHIN_HOURS };
    }
    case 'immediate':
    case 'acknowledged':
      return { mode };
  }
}

function readProof(reader: DocumentReader, node: JsonNode | undefined): ProofRule {
  if (node === undefined) return DEFAULTS.proof;
  const fields = reader.fields(node, 'proof', ['require', 'timeoutSeconds']);
  return {
    require: reader.value(fields, 'require', PROOF) ?? DEFAULTS.proof.require,
    timeoutSeconds:
      reader.value(fields, 'timeoutSeconds', PROOF_SECONDS) ?? DEFAULTS.proof.timeoutSeconds,
  };
}
