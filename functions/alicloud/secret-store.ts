import type { Outcome } from '../core/failure.ts';
import type { SecretStore, SecretVersion } from '../ports/secret-store.ts';
import type { Page } from '../ports/vpn-api.ts';
import { ask } from './rpc.ts';
import type { KmsAction, RpcTransport, WireMap } from './rpc.ts';
import type * as Answers from './secret-answers.ts';

/** ListSecrets' documented maximum; ListSecretVersionIds documents none and is used with 100 in public code. */
const PAGE_SIZE = 100;

export type SecretAnswers = typeof Answers;

/**
 * KMS generic secrets of one region, over any transport. `answers` gives the decoders, and is asked only
 * when there is an answer: a cold start need not have them to send its first request.
 */
export function createSecretStore(
  transport: RpcTransport,
  regionId: string,
  answers: () => SecretAnswers | Promise<SecretAnswers>,
): SecretStore {
  // A form body for every parameter, as alibaba's Terraform provider sends them: the documented place is
  // the query, which would put SecretData into the URL and into every log that sees it.
  const call = <T>(
    action: KmsAction,
    body: WireMap,
    decode: (answers: SecretAnswers, body: unknown) => T | null,
  ) =>
    ask(transport, { product: 'kms', action, regionId, query: {}, body }, async (answer) =>
      decode(await answers(), answer),
    );
  const command = async (action: KmsAction, body: WireMap): Promise<Outcome<null>> => {
    const outcome = await call(action, body, (read, answer) => read.decodeAccepted(answer));
    return outcome.kind === 'ok' ? { kind: 'ok', value: null } : outcome;
  };
  return {
    listNames: (pageNumber) =>
      call('ListSecrets', { PageNumber: pageNumber, PageSize: PAGE_SIZE }, (read, answer) =>
        read.decodeNames(answer),
      ),
    listVersions: async (name) => {
      const fixed = { SecretName: name, IncludeDeprecated: 'true' };
      return allVersions((page) =>
        call('ListSecretVersionIds', { ...fixed, ...page }, (read, answer) =>
          read.decodeVersions(answer),
        ),
      );
    },
    readVersion: (name, versionId) =>
      call('GetSecretValue', { SecretName: name, VersionId: versionId }, (read, answer) =>
        read.decodeVersion(answer, versionId),
      ),
    readLabelled: (name, label) =>
      call('GetSecretValue', { SecretName: name, VersionStage: label }, (read, answer) =>
        read.decodeLabelled(answer),
      ),
    putVersion: ({ name, versionId, data, labels }) => {
      // Without labels the service would move ACSCurrent to the new version.
      if (labels.length === 0) throw new TypeError('a new version needs a label');
      return command('PutSecretValue', {
        SecretName: name,
        VersionId: versionId,
        SecretData: data.expose(),
        SecretDataType: 'text',
        VersionStages: JSON.stringify(labels),
      });
    },
    moveLabel: ({ name, label, from, to }) =>
      command('UpdateSecretVersionStage', {
        SecretName: name,
        VersionStage: label,
        ...(from === undefined ? {} : { RemoveFromVersion: from }),
        ...(to === undefined ? {} : { MoveToVersion: to }),
      }),
  };
}

/**
 * Follows the listing to its end: the total is reached, or a page says nothing new, whatever the total says.
 * A version that two pages show is as the later one shows it.
 */
async function allVersions(
  read: (page: { PageNumber: number; PageSize: number }) => Promise<Outcome<Page<SecretVersion>>>,
): Promise<Outcome<readonly SecretVersion[]>> {
  const versions = new Map<string, SecretVersion>();
  for (let pageNumber = 1; ; pageNumber += 1) {
    const page = await read({ PageNumber: pageNumber, PageSize: PAGE_SIZE });
    if (page.kind !== 'ok') return page;
    const before = versions.size;
    for (const version of page.value.items) versions.set(version.versionId, version);
    if (versions.size === before || versions.size >= page.value.totalCount) {
      return { kind: 'ok', value: [...versions.values()] };
    }
  }
}
