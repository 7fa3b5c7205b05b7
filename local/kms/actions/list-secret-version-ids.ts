import type { Definition } from '../../operation.ts';
import { instant, METADATA_RATE, namedSecret, onSecret } from '../access.ts';
import { flag, page, slice } from '../parameters.ts';
import { MAX_LIST_LAG_MS, versionsAt, type KmsState } from '../state.ts';

/** The API reference says 20 in one place and 10 in another: clients should always send a size. */
const DEFAULT_PAGE_SIZE = 20;

/** Labelled versions, or with IncludeDeprecated all of them; possibly as they were some seconds ago. */
export const listSecretVersionIds: Definition<KmsState> = {
  access: 'read',
  ram: onSecret('ListSecretVersionIds'),
  limit: METADATA_RATE,
  run(state, params, { now, switches }) {
    const secret = namedSecret(state, params, now);
    const { number, size } = page(params, DEFAULT_PAGE_SIZE);
    const lagMs = switches.listVersions === 'stale' ? state.lag.between(0, MAX_LIST_LAG_MS) : 0;
    const all = flag(params, 'IncludeDeprecated');
    const versions = versionsAt(secret, now - lagMs).filter(
      ({ labels }) => all || labels.length > 0,
    );
    return {
      SecretName: secret.name,
      PageNumber: number,
      PageSize: size,
      TotalCount: versions.length,
      VersionIds: {
        VersionId: slice(versions, { number, size }).map((version) => ({
          VersionId: version.versionId,
          CreateTime: instant(version.createdAt),
          VersionStages: { VersionStage: version.labels },
        })),
      },
    };
  },
};
