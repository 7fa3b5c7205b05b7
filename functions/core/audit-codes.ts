/** How bad a finding is: `fail` breaks a rule, `warn` will or may, `note` only says. */
export type Level = 'fail' | 'warn' | 'note';

interface FindingCode {
  readonly level: Level;
  /** One sentence: what was found. */
  readonly sentence: string;
  /** What a person does about it. */
  readonly remedy: string;
}

/** Everything that an audit can find, in one closed list. `docs/audit.md` has a row for each. */
export const AUDIT_CODES = {
  // Age.
  'key-too-old': {
    level: 'fail',
    sentence: 'The current version is older than KEYTURN_AUDIT_MAX_AGE_DAYS.',
    remedy: 'Rotate: store a next version, or give the document "rotateEveryDays".',
  },
  'rotation-due': {
    level: 'warn',
    sentence: 'The current version is older than the document’s rotateEveryDays.',
    remedy: 'Look why no run has rotated: the timer, the window, or what the last report says.',
  },
  'no-period': {
    level: 'note',
    sentence: 'The document has no rotateEveryDays, so somebody has to store each next version.',
    remedy: 'Say "rotateEveryDays", unless another process stores the versions.',
  },

  // What the tunnels are.
  'ike-differs': {
    level: 'fail',
    sentence: 'Connections on one customer gateway have different IKE settings or keys.',
    remedy: 'Bring them to one configuration; they share one IKE security association.',
  },
  'not-as-stored': {
    level: 'fail',
    sentence:
      'Tunnels do not have what the current version says, and no next version is on its way.',
    remedy: 'Find out who changed them; the next run sets them as the current version says.',
  },
  'key-shared': {
    level: 'warn',
    sentence: 'Other customer gateways have the same key.',
    remedy: 'Give each far end a key of its own.',
  },
  'key-unreadable': {
    level: 'note',
    sentence: 'The service does not show the live keys, so they could not be compared.',
    remedy: 'Nothing to do.',
  },
  'tunnel-down': {
    level: 'warn',
    sentence: 'Tunnels are down.',
    remedy: 'Bring them up. While one is down, its connection has no second path for a rotation.',
  },
  'connection-down': {
    level: 'fail',
    sentence: 'No tunnel of a connection is up.',
    remedy: 'Bring it up.',
  },
  'no-document': {
    level: 'warn',
    sentence: 'No rotation document names these tunnels.',
    remedy: 'Store a document for them, or leave them out on purpose.',
  },

  // Crypto.
  'crypto-prohibited': {
    level: 'fail',
    sentence: 'A baseline that counts here prohibits the value.',
    remedy: 'Change it on both sides; a document may name the setting.',
  },
  'crypto-weak': {
    level: 'warn',
    sentence: 'A baseline that counts here discourages the value.',
    remedy: 'Change it on both sides when you next rotate.',
  },
  'crypto-unattainable': {
    level: 'note',
    sentence:
      'A baseline that counts here prohibits the value, and VPN Gateway has none that it allows.',
    remedy: 'Ask whoever asks for the baseline for an exception.',
  },

  // The secret.
  held: {
    level: 'fail',
    sentence: 'A version carries KeyturnHeld: it failed, and nothing of its secret is applied.',
    remedy: 'Find out why it failed, then take the label off.',
  },
  'versions-full': {
    level: 'warn',
    sentence: 'The secret has so many versions that another could push out one that is needed.',
    remedy: 'Take labels off versions that are no longer needed.',
  },
  'next-waiting': {
    level: 'note',
    sentence: 'A next version is waiting.',
    remedy: 'See its reason; the next run that may go on does.',
  },
  unreadable: {
    level: 'fail',
    sentence: 'The secret or its region could not be read or its document is not valid.',
    remedy: 'See the reason, and docs/errors.md.',
  },
} as const satisfies Record<string, FindingCode>;

export type AuditCode = keyof typeof AUDIT_CODES;
