import type { Outcome } from '../core/failure.ts';
import type { Redacted } from '../core/redacted.ts';
import type { SecretVersion } from '../core/versions.ts';

export type { SecretVersion };

/** KMS generic secrets of one region. Every method makes one HTTP request a page and never retries. */
export interface SecretStore {
  /** Names that begin with `prefix`, all pages. */
  listNames(prefix: string): Promise<Outcome<readonly string[]>>;
  /** All versions, unlabelled ones too. May be stale: the service promises nothing. */
  listVersions(name: string): Promise<Outcome<readonly SecretVersion[]>>;
  readVersion(name: string, versionId: string): Promise<Outcome<Redacted>>;
  /** The version that carries a label; `notFound` where none does, or there is no such secret. */
  readLabelled(name: string, label: string): Promise<Outcome<Redacted>>;
  /** Idempotent by `versionId`: the same data again is success, other data is refused. `labels` must not be empty. */
  putVersion(request: {
    readonly name: string;
    readonly versionId: string;
    readonly data: Redacted;
    readonly labels: readonly string[];
  }): Promise<Outcome<null>>;
  /** Moves, adds (`to` only) or removes (`from` only) one label. Built-in labels can only be moved. */
  moveLabel(request: {
    readonly name: string;
    readonly label: string;
    readonly from?: string;
    readonly to?: string;
  }): Promise<Outcome<null>>;
}
