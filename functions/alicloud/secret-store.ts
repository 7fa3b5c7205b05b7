import type { Outcome } from '../core/failure.ts';
import type { SecretStore } from '../ports/secret-store.ts';
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
      const versions = await allPages((page) =>
        call('ListSecretVersionIds', { ...fixed, ...page }, (read, answer) =>
          read.decodeVersions(answer),
        ),
      );
      if (versions.kind !== 'ok') return versions;
      const byId = new Map(versions.value.map((version) => [version.versionId, version]));
      return { kind: 'ok', value: [...byId.values()] };
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

/** Follows a listing to its end: the total is reached, or a page is empty whatever the total says. */
async function allPages<T>(
  read: (page: { PageNumber: number; PageSize: number }) => Promise<Outcome<Page<T>>>,
): Promise<Outcome<readonly T[]>> {
  const items: T[] = [];
  for (let pageNumber = 1; ; pageNumber += 1) {
    const page = await read({ PageNumber: pageNumber, PageSize: PAGE_SIZE });
    if (page.kind !== 'ok') return page;
    items.push(...page.value.items);
    if (page.value.items.length === 0 || items.length >= page.value.totalCount) {
      return { kind: 'ok', value: items };
    }
  }
}
