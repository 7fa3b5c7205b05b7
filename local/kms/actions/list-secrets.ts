import type { Definition, Params } from '../../operation.ts';
import { METADATA_RATE, onContainer } from '../access.ts';
import { flag, json, page, slice } from '../parameters.ts';
import { invalidParameter } from '../refusals.ts';
import { lookUp, type KmsState, type Secret } from '../state.ts';
import { metadata } from './describe-secret.ts';

const DEFAULT_PAGE_SIZE = 10;
const MAX_FILTERS = 10;
const MAX_FILTER_VALUES = 10;

export const listSecrets: Definition<KmsState> = {
  access: 'read',
  ram: onContainer('ListSecrets'),
  limit: METADATA_RATE,
  run(state, params, { now }) {
    const { number, size } = page(params, DEFAULT_PAGE_SIZE);
    const filters = readFilters(params);
    const found = [...state.secrets.keys()]
      .toSorted()
      .map((name) => lookUp(state, name, now))
      .filter((secret) => secret !== undefined)
      .filter((secret) => filters.every((matches) => matches(secret)));
    const withTags = flag(params, 'FetchTags');
    return {
      PageNumber: number,
      PageSize: size,
      TotalCount: found.length,
      SecretList: {
        Secret: slice(found, { number, size }).map((secret) => metadata(secret, withTags)),
      },
    };
  },
};

/** What each filter key looks at. Values are compared whole: no documented wildcard or prefix. */
const FILTERS: ReadonlyMap<unknown, (secret: Secret) => readonly string[]> = new Map([
  ['SecretName', ({ name }: Secret) => [name]],
  ['Description', ({ description }: Secret) => [description]],
  ['TagKey', ({ tags }: Secret) => tags.map(({ key }) => key)],
  ['TagValue', ({ tags }: Secret) => tags.map(({ value }) => value)],
  ['SecretType', () => ['Generic']],
]);

/** Filters narrow each other; the values of one are alternatives. */
function readFilters(params: Params): readonly ((secret: Secret) => boolean)[] {
  if (params['Filters'] === undefined) return [];
  const value = json(params, 'Filters');
  if (!Array.isArray(value) || value.length > MAX_FILTERS) throw invalidParameter('Filters');
  return value.map((filter: unknown) => {
    const { Key: key, Values: values } = (filter ?? {}) as Record<string, unknown>;
    const read = FILTERS.get(key);
    if (read === undefined || !Array.isArray(values)) throw invalidParameter('Filters');
    if (values.length === 0 || values.length > MAX_FILTER_VALUES) throw invalidParameter('Filters');
    return (secret: Secret) => read(secret).some((text) => values.includes(text));
  });
}
