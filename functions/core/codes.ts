/** What a code means for the group that carries it. */
export type Verdict = 'converged' | 'mixed' | 'unknown' | 'waiting' | 'blocked' | 'restored';

interface Code {
  /** One sentence: what happened and what it means. */
  readonly sentence: string;
  /** What a person does about it. */
  readonly remedy: string;
  /** Exit status when this decides the run: 1 usage, 2 incomplete, 3 waiting, 4 refused by a check. */
  readonly exit: 0 | 1 | 2 | 3 | 4;
}

/**
 * Every reason, warning and error that Keyturn gives, in one closed list. `docs/errors.md` has an entry
 * for each and a test compares the two.
 */
export const CODES = {
  // Nothing is wrong.
  'in-place': {
    sentence: 'Every tunnel already holds what the document says.',
    remedy: 'Nothing to do.',
    exit: 0,
  },
  rotated: {
    sentence: 'Every tunnel was changed, read back and proven.',
    remedy: 'Nothing to do.',
    exit: 0,
  },
  'put-back': {
    sentence: 'The group is as it was before the version that was taken back, which is held.',
    remedy: 'Take the label KeyturnHeld off when the version may be tried again.',
    exit: 0,
  },
  ready: {
    sentence: 'Every check passed; the steps can run.',
    remedy: 'Run `keyturn rotate`.',
    exit: 0,
  },
  'keys-unreadable': {
    sentence:
      'The service does not show the live keys, and no next version asks for a change, so nothing was written.',
    remedy:
      'To have the document written anyway, store it again as a version labelled KeyturnNext.',
    exit: 0,
  },

  // Waiting: the time or the other side is not ready.
  'peer-not-ready': {
    sentence: 'The next version does not carry the label KeyturnPeerReady yet.',
    remedy: 'When the far end has the next key, say so: `keyturn ready`, or the label by hand.',
    exit: 3,
  },
  'not-before': {
    sentence: 'The document is scheduled for a later time.',
    remedy: 'Wait for the time in handover.notBefore, or change it in a new version.',
    exit: 3,
  },
  'outside-window': {
    sentence: 'The maintenance window is closed, so nothing was begun.',
    remedy: 'Wait until it opens, or start a run whose command says "ignoreWindow": true.',
    exit: 3,
  },
  'master-follows': {
    sentence:
      'The first tunnels of a stepwise rotation have the next key; the others follow in a later run.',
    remedy:
      'Give the far end the next key. A run that finds these tunnels up goes on to the others.',
    exit: 3,
  },
  'peer-follows': {
    sentence: 'Tunnels have the next key and are not up with it yet; nothing else was touched.',
    remedy: 'Give the far end the next key. The run after that goes on.',
    exit: 3,
  },
  'out-of-time': {
    sentence: 'The run stopped at a safe point because its time was over.',
    remedy: 'Run again: it continues where this run stopped.',
    exit: 3,
  },
  'shard-unread': {
    sentence: 'What worked on this part of the fleet has ended; its answer cannot be read.',
    remedy: 'Check fc:GetAsyncTask of the role. Its log has its report. Run again for the rest.',
    exit: 3,
  },
  continued: {
    sentence:
      'The time of this invocation was over; a fresh one goes on with what is left, under the same run id.',
    remedy: 'Nothing to do: the task named here reports the rest.',
    exit: 3,
  },
  cancelled: {
    sentence: 'The run was asked to stop and did so at the next safe point.',
    remedy: 'Run again: it continues where this run stopped.',
    exit: 3,
  },
  'lease-held': {
    sentence: 'Another run holds the lease.',
    remedy: 'Nothing to do: the other run does the work. Its end is in the report.',
    exit: 3,
  },
  'lease-lost': {
    sentence: 'The lease of this run ended before its work did; it stopped at a safe point.',
    remedy: 'Run again: it continues where this run stopped.',
    exit: 3,
  },
  'trigger-stale': {
    sentence: 'The trigger is older than allowed, so it was not acted on.',
    remedy: 'Start a run by hand if it is still wanted.',
    exit: 3,
  },

  // Blocked by a check: nothing was written.
  'secret-not-found': {
    sentence: 'The secret does not exist in this region.',
    remedy: 'Check KEYTURN_SECRETS and KEYTURN_REGION, or create the secret.',
    exit: 4,
  },
  'no-version': {
    sentence: 'The secret has neither a version labelled KeyturnNext nor one labelled ACSCurrent.',
    remedy: 'Store a rotation document in the secret.',
    exit: 4,
  },
  'no-previous': {
    sentence: 'There is no version before the current one to go back to.',
    remedy: 'Store the document that shall hold as a version labelled KeyturnNext.',
    exit: 4,
  },
  'next-exists': {
    sentence: 'Another next version is there already and has not been promoted.',
    remedy: 'Let a run finish it, or take the label KeyturnNext off it first.',
    exit: 4,
  },
  'nothing-next': {
    sentence: 'The secret has no next version, so there is nothing to be ready for.',
    remedy: 'Look at `keyturn status`: it was promoted already, or nobody has stored it yet.',
    exit: 4,
  },
  'not-the-next': {
    sentence: 'The version that was named is not the next one.',
    remedy: 'Load the key of the next version at the far end, then name that version.',
    exit: 4,
  },
  'document-invalid': {
    sentence: 'The rotation document breaks a rule; the place and the rule are listed.',
    remedy: 'Store a corrected document as a new version.',
    exit: 4,
  },
  held: {
    sentence: 'A version failed or was taken back and is held; nothing of its secret is applied.',
    remedy: 'Find out why, then take the label KeyturnHeld off.',
    exit: 4,
  },
  'target-not-found': {
    sentence: 'The document names a connection that does not exist in its region.',
    remedy: 'Correct RegionId or VpnConnectionId in the document.',
    exit: 4,
  },
  'tunnel-not-found': {
    sentence: 'The document names a tunnel that this connection does not have.',
    remedy: 'Correct TunnelId, or move the target to the connection that has it.',
    exit: 4,
  },
  'group-incomplete': {
    sentence:
      'The document names only some of the tunnels that share a customer gateway on one VPN gateway.',
    remedy: 'Name all of them: they share one IKE security association and must change together.',
    exit: 4,
  },
  'documents-contradict': {
    sentence: 'Two documents want different things of the same tunnel.',
    remedy: 'Keep one document for each customer gateway.',
    exit: 4,
  },
  'group-contradicts': {
    sentence: 'The document gives tunnels of one group different keys or IKE settings.',
    remedy: 'Give every tunnel that shares the customer gateway the same key and IKE settings.',
    exit: 4,
  },
  'document-blocked': {
    sentence:
      'Another group of the same document is blocked, and a document is applied as a whole.',
    remedy: 'Solve the other group first, or give each customer gateway a document of its own.',
    exit: 4,
  },
  'gateway-not-found': {
    sentence: 'The VPN gateway of the connection is not in the listing.',
    remedy: 'Check that the role may read the gateway (vpc:DescribeVpnGateways).',
    exit: 4,
  },
  'gateway-locked': {
    sentence: 'The VPN gateway is locked for overdue payment; every change would be refused.',
    remedy: 'Settle the account, then run again.',
    exit: 4,
  },
  'gateway-shangmi': {
    sentence: 'The VPN gateway uses ShangMi certificates and has no pre-shared key.',
    remedy: 'Remove the target from the document.',
    exit: 4,
  },
  'gateway-not-active': {
    sentence: 'The VPN gateway is being created or deleted.',
    remedy: 'Run again when it is active.',
    exit: 4,
  },
  'connection-not-active': {
    sentence: 'The connection is detached, locked, or being attached or deleted.',
    remedy: 'Run again when it is active, or remove the target.',
    exit: 4,
  },
  'bgp-off': {
    sentence: 'The document names BGP settings for a tunnel on which BGP is off.',
    remedy: 'Turn BGP on for the connection first, or leave TunnelBgpConfig out.',
    exit: 4,
  },
  'no-second-path': {
    sentence: 'Changing this tunnel could cut the only path that is up.',
    remedy: 'Bring the other tunnel up, or say "allowInterruption": true in the document.',
    exit: 4,
  },
  'not-restorable': {
    sentence: 'The live key cannot be read and stands in no version, so it could not be restored.',
    remedy: 'Store the live key as ACSCurrent, or say "onFailure": "hold" in the document.',
    exit: 4,
  },
  'restore-unreadable': {
    sentence:
      'The service does not show the live keys, so nobody can tell which tunnels have the version that was to be taken back.',
    remedy:
      'Look at the tunnels. To write the earlier keys to all of them, store their document again as a version labelled KeyturnNext.',
    exit: 4,
  },
  'stepwise-unreadable': {
    sentence:
      'A stepwise rotation goes by the keys that the tunnels show, and the service does not show them.',
    remedy: 'Choose another handover mode for this document.',
    exit: 4,
  },
  'stepwise-overdue': {
    sentence: 'The next version is older than handover.followWithinHours allows.',
    remedy: 'Store another next version, or allow more hours in it.',
    exit: 4,
  },
  'partner-unreadable': {
    sentence:
      'A write of an attachment carries both of its tunnels, and the key of the other one cannot be read.',
    remedy: 'Say "allowInterruption": true in the document, once both far ends are ready for it.',
    exit: 4,
  },
  'same-gateway-rule': {
    sentence:
      'The service refuses to change one connection while another on the same customer gateway keeps the old key.',
    remedy:
      'Say "groupStrategy": "replace-customer-gateway" in the document, or give each connection a customer gateway of its own.',
    exit: 4,
  },
  'replacement-failed': {
    sentence:
      'No second customer gateway with the same address could be made, so the group was not begun.',
    remedy:
      'The detail says why: a quota, a permission, or something of the old one that cannot be carried over. Or give each connection a customer gateway of its own.',
    exit: 4,
  },
  'plan-outdated': {
    sentence: 'The tunnels or the secrets are no longer as they were when the plan was made.',
    remedy: 'Nothing was written. Make a new plan, have it approved, and run that one.',
    exit: 4,
  },
  'canary-failed': {
    sentence: 'The first group of the run failed, so no other group was touched.',
    remedy: 'Look at the first group; the rest follows once it converges.',
    exit: 4,
  },

  'budget-spent': {
    sentence: 'So many groups of the run have failed that no further one was begun.',
    remedy:
      'Look for what the listed groups have in common; the rest follows in a later run. KEYTURN_FAILURE_BUDGET says how many may fail.',
    exit: 4,
  },

  // Failed while working.
  'proof-timeout': {
    sentence: 'The tunnel did not come up again in time with the new configuration.',
    remedy: 'Check that the far end has the same key and settings.',
    exit: 2,
  },
  'log-unreadable': {
    sentence:
      'The tunnel is up, but the negotiation log, which would show a new SA, could not be read.',
    remedy:
      'Allow vpc:DescribeVpnConnectionLogs (policies/), or ask for "proof": {"require": "established"}.',
    exit: 2,
  },
  'write-refused': {
    sentence: 'The service refused the change.',
    remedy: 'The vendor code says why; correct the document or the permission.',
    exit: 2,
  },
  'write-unsettled': {
    sentence: 'The change was sent, but could not be shown to be in effect in time.',
    remedy: 'Look at the tunnel; run again, which reads it first.',
    exit: 2,
  },
  'gateway-stuck': {
    sentence: 'The gateway stayed in configuration for longer than allowed.',
    remedy: 'Run again later; if it stays so, ask the cloud provider.',
    exit: 2,
  },
  'tunnel-drifted': {
    sentence: 'Somebody else changed the tunnel while the run was working.',
    remedy: 'Find out who, agree on one key, and run again.',
    exit: 2,
  },
  'tunnel-vanished': {
    sentence: 'The tunnel or connection disappeared while the run was working.',
    remedy: 'Correct the document if it is gone for good.',
    exit: 2,
  },
  'shard-failed': {
    sentence: 'The invocation that worked on this part of the fleet ended in an error or was lost.',
    remedy: 'Its log says why. Run again: it continues where this one stopped.',
    exit: 2,
  },
  'shard-not-started': {
    sentence:
      'The invocation for this part of the fleet could not be started; nothing was touched.',
    remedy:
      'Check fc:InvokeFunction of the role, KEYTURN_FC_FUNCTION, and that the function has its task mode on.',
    exit: 2,
  },
  restored: {
    sentence: 'The group failed and was put back as it was; the version carries KeyturnHeld.',
    remedy: 'Find out why it failed, then take the label KeyturnHeld off to try again.',
    exit: 2,
  },
  'held-for-person': {
    sentence: 'The group failed and was left as it is, as the document asks.',
    remedy: 'Look at the tunnels: some have the next key, some the old one.',
    exit: 2,
  },
  'restore-failed': {
    sentence: 'The group failed and could not be put back completely.',
    remedy: 'Run again, which goes on restoring; or set the listed tunnels by hand.',
    exit: 2,
  },
  'promote-failed': {
    sentence: 'Every tunnel has the next key, but the labels could not all be moved.',
    remedy: 'Run again: it only moves the labels.',
    exit: 2,
  },
  'label-not-moved': {
    sentence: 'A label of a secret could not be moved, so what depends on it was not begun.',
    remedy: 'Check kms:UpdateSecretVersionStage on the secret, then run again.',
    exit: 2,
  },
  'before-not-saved': {
    sentence: 'The live values could not be saved as KeyturnBefore, so nothing was overwritten.',
    remedy: 'Check kms:PutSecretValue on the secret and how many of its versions carry labels.',
    exit: 2,
  },
  'versions-full': {
    sentence: 'Another version could push out one that is still needed.',
    remedy: 'Take labels off versions that are no longer needed.',
    exit: 2,
  },
  'read-failed': {
    sentence: 'A read failed and did not recover, so nothing was decided on it.',
    remedy: 'The vendor code says why. Nothing was written because of it; run again.',
    exit: 2,
  },
  'permission-denied': {
    sentence: 'The caller is not allowed to do this, or its credentials are wrong or expired.',
    remedy: 'Compare the role with policies/; the operation is named.',
    exit: 2,
  },
  'no-credentials': {
    sentence: 'No credentials were found, so nothing was asked.',
    remedy:
      'Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or run `aliyun configure`.',
    exit: 2,
  },
  'endpoint-unreachable': {
    sentence: 'The endpoint cannot be reached.',
    remedy: 'Check the endpoint, the region and the network of the function.',
    exit: 2,
  },
  unexpected: {
    sentence: 'Something happened that Keyturn does not expect; it stopped.',
    remedy: 'Run again; if it happens again, report it with the run id.',
    exit: 2,
  },

  // Usage.
  'no-secrets': {
    sentence: 'Neither the command nor KEYTURN_SECRETS names a secret.',
    remedy: 'Set KEYTURN_SECRETS to names separated by commas, or to one prefix that ends in *.',
    exit: 1,
  },
  'region-missing': {
    sentence: 'Nothing says in which region the secrets are.',
    remedy: 'Give --region, or set KEYTURN_REGION.',
    exit: 1,
  },
  'confirmation-needed': {
    sentence: 'This would change something, and there is no terminal to ask on.',
    remedy: 'Look at `keyturn plan`, then say --yes.',
    exit: 1,
  },
  'file-invalid': {
    sentence: 'A file that the command was given cannot be used.',
    remedy: 'The file and the rule are given.',
    exit: 1,
  },
  'setting-invalid': {
    sentence: 'An environment variable or option has a value that is not allowed.',
    remedy: 'The name and the rule are given.',
    exit: 1,
  },
  'endpoint-refused': {
    sentence: 'An endpoint with plain http is allowed on loopback only.',
    remedy: 'Use https, or leave the endpoint out.',
    exit: 1,
  },
  'command-invalid': {
    sentence: 'The event or command is not one that Keyturn understands.',
    remedy: 'The place and the rule are given; see the commands in the README.',
    exit: 1,
  },

  // Warnings.
  'no-lease': {
    sentence: 'KEYTURN_LEASE_SECRET is not set: only reserved concurrency keeps two runs apart.',
    remedy: 'Set it to the name of an empty generic secret if the command line is used as well.',
    exit: 0,
  },
  'not-continued': {
    sentence: 'What was left could not be handed to a fresh invocation.',
    remedy:
      'Check fc:InvokeFunction of the role, and that the function has its task mode on; run again.',
    exit: 0,
  },
  'generation-shared': {
    sentence:
      'New keys are due, but two documents name the same tunnels, and each would get keys of its own.',
    remedy: 'Keep one document for each customer gateway, or store the next versions yourself.',
    exit: 0,
  },
  'versions-low': {
    sentence:
      'Only a few more versions of the secret can be stored before one that carries a label could be pushed out.',
    remedy:
      'Take labels off old versions that are no longer needed, such as KeyturnHeld or KeyturnBefore.',
    exit: 0,
  },
  'gateway-left-over': {
    sentence: 'A customer gateway that no tunnel names any more could not be removed.',
    remedy: 'Run again, which tries again, or delete it in the console.',
    exit: 0,
  },
  unproven: {
    sentence: 'A tunnel is up, but nothing shows that it negotiated with the new key.',
    remedy: 'Ask for "proof": {"require": "proven"}, or watch the next reauthentication.',
    exit: 0,
  },
  'was-down': {
    sentence: 'A tunnel was down before the run; it was configured and not waited for.',
    remedy: 'Bring the far end up.',
    exit: 0,
  },
} as const satisfies Record<string, Code>;

export type CodeName = keyof typeof CODES;

/** An expected end of a run or command that a caller must see as an error. */
export class KeyturnError extends Error {
  readonly code: CodeName;
  readonly detail: string;

  /** `detail` names the place; it must never hold a value from a document. */
  constructor(code: CodeName, detail: string, options?: { readonly cause?: unknown }) {
    super(`${code}: ${CODES[code].sentence} ${detail}`.trim(), options);
    this.name = 'KeyturnError';
    this.code = code;
    this.detail = detail;
  }

  get exit(): number {
    return CODES[this.code].exit;
  }
}

/** A reason with its place, as verdicts and reports carry it. */
export interface Reason {
  readonly code: CodeName;
  /** Where, which vendor code, how long; never a key. */
  readonly detail: string;
}

export const reason = (code: CodeName, detail = ''): Reason => ({ code, detail });
