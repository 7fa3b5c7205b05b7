import { KeyturnError } from '../functions/core/codes.ts';
import { parseDocument } from '../functions/core/parse-document.ts';
import { LABELS } from '../functions/core/versions.ts';
import { wire } from '../functions/rotate/wire.ts';
import { storeDocument } from '../functions/run/store-document.ts';
import { executionOf } from './execution.ts';
import { readText } from './files.ts';
import { show } from './output.ts';

export interface StoreOptions {
  readonly secret?: string;
  readonly version?: string;
  readonly current?: boolean;
  readonly region?: string;
  readonly json?: boolean;
}

/** What `keyturn store --json` prints. */
interface StoredData {
  readonly schema: 'keyturn/stored/1';
  readonly secret: string;
  readonly versionId: string;
  readonly label: string;
  readonly targets: number;
}

/** Of KMS: 1 to 64 characters; letters, digits, and these. Source: API page of PutSecretValue, November 2026. */
const VERSION_ID = /^[A-Za-z0-9_/+=.@-]{1,64}$/;

/** Stores a rotation document that breaks no rule, without it ever being an argument. Gives the exit status. */
export async function store(options: StoreOptions, path: string): Promise<number> {
  const { secret: secretName, version: versionId } = options;
  if (secretName === undefined || secretName.includes('*')) {
    throw new KeyturnError('setting-invalid', '--secret must name one secret in full.');
  }
  if (versionId === undefined || !VERSION_ID.test(versionId)) {
    throw new KeyturnError(
      'setting-invalid',
      '--version must be 1 to 64 of A-Z a-z 0-9 _ / + = . @ -',
    );
  }
  const text = readText(path);
  const parsed = parseDocument(text);
  if (parsed.kind === 'faults') {
    const places = parsed.faults.map((fault) => `${fault.path}: ${fault.rule}`).join('; ');
    throw new KeyturnError('document-invalid', `${path}: ${places}.`);
  }
  const label = options.current === true ? LABELS.current : LABELS.next;
  const execution = executionOf('plan', { ...options, secrets: secretName });
  const why = await storeDocument(wire(execution, new Map()), {
    secretName,
    versionId,
    text,
    label,
  });
  if (why !== null) throw new KeyturnError(why.code, why.detail);
  const targets = parsed.document.targets.length;
  const data: StoredData = {
    schema: 'keyturn/stored/1',
    secret: secretName,
    versionId,
    label,
    targets,
  };
  show(
    data,
    options.json,
    ({ secret, versionId, label }) => `${secret} version ${versionId} is stored as ${label}.`,
  );
  return 0;
}
