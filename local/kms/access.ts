/** What the table says of each action besides running it: RAM resources, rates, times. */
import type { CallContext, Definition, Limit, Params } from '../operation.ts';
import { inDeleteWindow, notFound } from './refusals.ts';
import { lookUp, type KmsState, type Secret } from './state.ts';
import { secretName } from './parameters.ts';

const container = (regionId: string, accountId: string): string =>
  `acs:kms:${regionId}:${accountId}:secret`;

export const secretArn = (state: KmsState, name: string): string =>
  `${container(state.regionId, state.accountId)}/${name}`;

type Ram = Definition<KmsState>['ram'];

/** Source of actions and resources: KMS documentation, "Use RAM to control access to KMS resources". */
export const onSecret = (action: string): Ram => ({
  action: `kms:${action}`,
  resources: (params: Params, { regionId, caller }: CallContext) => [
    `${container(regionId, caller.accountId)}/${params['SecretName'] ?? ''}`,
  ],
});

export const onContainer = (action: string): Ram => ({
  action: `kms:${action}`,
  resources: (_params, { regionId, caller }) => [container(regionId, caller.accountId)],
});

export const onAnything = (action: string): Ram => ({
  action: `kms:${action}`,
  resources: () => ['*'],
});

/**
 * Rates of the shared gateway, each for a group of calls together, per account and region (KMS
 * documentation, "Performance data", February 2025). Which group PutSecretValue, UpdateSecretVersionStage
 * and ListSecretVersionIds belong to is not documented; they are in the low one.
 */
export const READ_RATE: Limit = { calls: 450, perMs: 1_000, group: 'read' };
export const METADATA_RATE: Limit = { calls: 40, perMs: 1_000, group: 'metadata' };
export const CREATE_RATE: Limit = { calls: 10, perMs: 1_000, group: 'create' };

/** KMS writes instants to the second: `2026-11-22T23:25:20Z`. */
export const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** The secret that a request names, whether or not it is scheduled for deletion. */
export function namedSecret(state: KmsState, params: Params, now: number): Secret {
  const secret = lookUp(state, secretName(params), now);
  if (secret === undefined) throw notFound('secret');
  return secret;
}

/** The secret that a request names; one that is scheduled for deletion is out of use. */
export function usableSecret(state: KmsState, params: Params, now: number): Secret {
  const secret = namedSecret(state, params, now);
  if (secret.plannedDeleteAt !== null) throw inDeleteWindow();
  return secret;
}
