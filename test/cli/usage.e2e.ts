import { expect, test } from 'vitest';
import { CODES } from '../../functions/core/codes.ts';
import type { CodeName } from '../../functions/core/codes.ts';
import { cloudOf, keyturn } from '../e2e/harness.ts';
import { smallFleet } from '../e2e/small-fleet.ts';

const NOBODY = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: '',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: '',
  ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
};

test.each<[CodeName, readonly string[], Readonly<Record<string, string>>]>([
  ['file-invalid', ['rotate', '--plan', 'no-such-plan.json', '--yes'], {}],
  ['no-credentials', ['plan'], NOBODY],
])('%s is told with its remedy and its exit status', async (code, args, environment) => {
  const local = await cloudOf(smallFleet());
  const { exit, stdout, stderr } = await keyturn(local, args, environment);
  const shown = `${stdout} ${stderr}`.replaceAll(/\s+/g, ' ');
  expect(shown).toContain(code);
  expect(shown).toContain(CODES[code].remedy);
  expect(exit).toBe(CODES[code].exit);
});
