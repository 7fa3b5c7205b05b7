import { VendorError, type CallContext, type Params } from '../../../local/operation.ts';
import { KMS_OPERATIONS, type KmsOperation } from '../../../local/kms/operations.ts';
import { createKmsState, type KmsState } from '../../../local/kms/state.ts';
import { Prng } from '../../../local/prng.ts';
import { defaultSwitches, type Switches } from '../../../local/switches.ts';

export const ACCOUNT = '1234567890123456';
export const REGION = 'cn-hangzhou';
export const START = Date.UTC(2026, 10, 1);

/** KMS without the wire: calls run straight from the operation table, at an instant the test sets. */
export class Kms {
  readonly state: KmsState;
  now = START;
  readonly #switches: Switches;
  readonly #random: Prng;

  constructor(switches: Partial<Switches> = {}, seed = 1) {
    this.#switches = { ...defaultSwitches(), ...switches };
    this.#random = new Prng(seed);
    this.state = createKmsState({ random: this.#random, accountId: ACCOUNT, regionId: REGION });
  }

  context(): CallContext {
    return {
      now: this.now,
      regionId: REGION,
      caller: { accountId: ACCOUNT, accessKeyId: 'LTAI-example', roleName: null },
      requestId: 'request-1',
      random: this.#random,
      switches: this.#switches,
    };
  }

  call(operation: KmsOperation, params: Params): Record<string, unknown> {
    return KMS_OPERATIONS[operation].run(this.state, params, this.context());
  }

  /** `status code` of a refusal, or `ok`. */
  outcome(operation: KmsOperation, params: Params): string {
    try {
      this.call(operation, params);
      return 'ok';
    } catch (error) {
      if (error instanceof VendorError) return `${error.status} ${error.code}`;
      throw error;
    }
  }

  create(name: string, versionId = 'v1', data = `example-psk-${versionId}`): void {
    this.call('CreateSecret', { SecretName: name, VersionId: versionId, SecretData: data });
  }

  put(name: string, versionId: string, stages?: readonly string[]): void {
    this.call('PutSecretValue', {
      SecretName: name,
      VersionId: versionId,
      SecretData: `example-psk-${versionId}`,
      ...(stages === undefined ? {} : { VersionStages: JSON.stringify(stages) }),
    });
  }

  /** Every stored version and its labels, oldest first: `v1:ACSPrevious v2:ACSCurrent`. */
  versions(name: string): string {
    const versions = this.state.secrets.get(name)?.versions ?? [];
    return versions
      .map(({ versionId, labels }) => `${versionId}:${labels.toSorted().join(',')}`)
      .join(' ');
  }
}
