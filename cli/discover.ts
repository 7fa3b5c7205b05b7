import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { KeyturnError } from '../functions/core/codes.ts';
import { draftsFor } from '../functions/core/draft-document.ts';
import { discoveryData, fileOf } from '../functions/report/discovery-data.ts';
import { discoveryText } from '../functions/report/discovery-text.ts';
import { counted } from '../functions/report/time-text.ts';
import { wire } from '../functions/rotate/wire.ts';
import { systemClock } from '../functions/rotate/system.ts';
import { discover as look } from '../functions/run/discover.ts';
import { executionOf, regionOf } from './execution.ts';
import { writeNew } from './files.ts';
import { show } from './output.ts';
import { readRegions } from './regions.ts';

export interface DiscoverOptions {
  readonly regions?: string;
  readonly write?: string;
  readonly json?: boolean;
}

/** Shows what there is to rotate, and drafts documents for it. Gives the exit status. */
export async function discover(options: DiscoverOptions): Promise<number> {
  const [given] = readRegions(options.regions, []);
  // KMS is not asked; the clients want a region all the same.
  const execution = executionOf('plan', given === undefined ? {} : { region: given });
  const regions = readRegions(options.regions, [regionOf(execution)]);
  const found = await look(wire(execution, new Map()), regions);
  const data = discoveryData(found, systemClock.now());
  const drafts = options.write === undefined ? [] : draftsFor(found.fleet);
  if (options.write !== undefined) {
    makeFolder(options.write);
    for (const draft of drafts) writeNew(join(options.write, fileOf(draft)), draft.text);
  }
  show(data, options.json, discoveryText);
  if (options.write !== undefined && options.json !== true) {
    process.stderr.write(
      `${counted(drafts.length, 'document')} in ${options.write}. Fill in the keys that the tunnels have, then store each as\n` +
        'the first version of its secret. See the README, "The rotation document".\n',
    );
  }
  const [fault] = found.faults.values();
  if (fault !== undefined && found.faults.size === regions.length) {
    throw new KeyturnError(fault.code, fault.detail);
  }
  return fault === undefined ? 0 : 2;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch {
    throw new KeyturnError('file-invalid', `${path}: cannot be made a folder.`);
  }
}
