import { readRegion, readSecrets } from '../functions/rotate/settings.ts';

/** Region ids separated by commas; `otherwise` where none are given. Throws `setting-invalid`. */
export function readRegions(
  given: string | undefined,
  otherwise: readonly string[],
): readonly string[] {
  if (given === undefined) return otherwise;
  const regions = readSecrets({ '--regions': given }, '--regions');
  for (const region of regions) readRegion({ '--regions': region }, '--regions');
  return [...new Set(regions)].sort();
}
