import type { Prng } from './prng.ts';

/**
 * Everything the documentation leaves open, as a switch with its candidates. The first candidate is the
 * default. The simulation draws them at random; Keyturn must keep its promises under each combination.
 */
export const SWITCHES = {
  /** Same-customer-gateway rule on modify. */
  sameGatewayRule: ['accept', 'reject', 'propagate'],
  /** Which fields that rule compares. */
  sameGatewayFields: ['nine', 'key+crypto'],
  /** Between which tunnels it compares. */
  sameGatewayScope: ['role', 'connection'],
  /** How a key reads back. */
  keyOnRead: ['plain', 'masked', 'empty'],
  /** Fields left out of a modify. */
  omittedFields: ['kept', 'defaulted', 'keyRegenerated'],
  /** A tunnel left out of an attachment's array. */
  omittedTunnel: ['kept', 'defaulted'],
  /** The SA that was up when the configuration changed. */
  oldSa: ['dropped', 'survives'],
  /** How long a ClientToken is remembered. */
  tokenRetention: ['day', 'minutes', 'none'],
  /** Whether a busy refusal is remembered under its token. */
  busyBurnsToken: ['no', 'yes'],
  /** ACSPrevious when UpdateSecretVersionStage moves ACSCurrent. */
  previousFollows: ['follows', 'stays'],
  /** Code of a PutSecretValue with a known VersionId and other data. */
  conflictingPut: ['Rejected.ResourceExist', 'InvalidParameter', 'Rejected.ResourceInUse'],
  /** Labels of a repeated PutSecretValue with the same data. */
  repeatedPut: ['ignores', 'appliesLabels'],
  /** ListSecretVersionIds after a write. */
  listVersions: ['strong', 'stale'],
  /** Whether RemoveFromVersion must hold the label. */
  removeFromVersion: ['checked', 'ignored'],
  /** Whether the eleventh version may push out a labelled one. */
  labelledEviction: ['never', 'oldest'],
  /** A write whose answer was lost on the way in. */
  lostWrite: ['never', 'landsLate'],
  /** Spelling of the busy code. */
  busyCode: [
    'VpnGateway.Configuring',
    'VpnGateway.task.conflict',
    'VpnTask.CONFLICT',
    'vpngateway.configuring',
    'VpnConnection.Configuring',
    'TaskConflict',
  ],
  /** Length of the configuring window, seconds. */
  windowSeconds: ['5-15', '1-2', '30-120', '240-400'],
  /** Freshness of tunnel status on reads. */
  statusFreshness: ['live', 'polled'],
  /** ModifyTunnelAttribute's options in a form body. */
  optionsInBody: ['accepted', 'ignored'],
  /** A remembered ClientToken that comes again while its change is still being configured. */
  repeatedToken: [
    'answersAgain',
    'LastTokenProcessing',
    'OperationFailed.LastTokenProcessing',
    'IdempotenceProcessing',
  ],
  /** Rate of VPC's actions whose rate is not documented: none, or what most reads and writes have. */
  undocumentedRates: ['none', 'asTheOthers'],
  /** LocalSubnet and RemoteSubnet left out of a call about a whole connection. */
  omittedSubnets: ['kept', 'refused', 'widened'],
  /** Which changes EffectImmediately governs: false lets a changed tunnel wait for traffic. */
  effectImmediately: ['everyCall', 'connectionCalls'],
  /** ModifyTunnelAttribute for a tunnel on a transit router. */
  tunnelCallOnAttachment: ['refused', 'accepted'],
  /** State of a connection on a VPN gateway while a change of it is being configured. */
  connectionState: ['active', 'updating'],
  /** A second customer gateway with an address that another one in the region has. */
  sharedGatewayIp: ['accepted', 'refused'],
  /** What the filter by customer gateway of DescribeVpnConnections looks at. */
  customerGatewayFilter: ['tunnels', 'connection'],
  /** Quotes and the backslash in a key. */
  quotesInKey: ['accepted', 'refused'],
  /** GetSecretValue by label, after a write. */
  secretReads: ['strong', 'stale'],
  /** UpdateSecretVersionStage to the version that has the label already. */
  repeatedMove: ['succeeds', 'refused'],
  /** Code of the HTTP 409 for a task id that is taken. */
  takenTaskId: ['StatefulAsyncInvocationAlreadyExists', 'AsyncTaskAlreadyExists'],
  /** For how long a task id stays taken. */
  taskIdRetention: ['week', 'hour'],
  /** What a function returned, in GetAsyncTask. */
  taskReturnPayload: ['present', 'absent'],
  /** A written secret in the ActionTrail event of the change. */
  secretInEvent: ['leftOut', 'included'],
} as const;

export type SwitchName = keyof typeof SWITCHES;
export type Switches = { readonly [K in SwitchName]: (typeof SWITCHES)[K][number] };

/** The documented or likeliest reading of each. */
export function defaultSwitches(): Switches {
  const entries = Object.entries(SWITCHES).map(([name, values]) => [name, values[0]]);
  return Object.fromEntries(entries) as Switches;
}

/** Another choice for some switches. Throws an Error that names the switch and its candidates. */
export function readSwitches(value: unknown): Partial<Switches> {
  if (typeof value !== 'object' || value === null) throw new Error('switches must be an object');
  for (const [name, choice] of Object.entries(value)) {
    const candidates: readonly string[] | undefined = Object.hasOwn(SWITCHES, name)
      ? SWITCHES[name as SwitchName]
      : undefined;
    if (candidates === undefined) throw new Error('no such switch');
    if (typeof choice !== 'string' || !candidates.includes(choice)) {
      throw new Error(`${name} must be one of ${candidates.join(', ')}`);
    }
  }
  return value;
}

/** Each switch at one of its candidates, by chance. */
export function drawSwitches(random: Prng): Switches {
  const entries = Object.entries(SWITCHES).map(([name, values]) => [
    name,
    random.pick<string>(values),
  ]);
  return Object.fromEntries(entries) as Switches;
}
