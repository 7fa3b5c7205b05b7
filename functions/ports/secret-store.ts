import type { Outcome } from '../core/failure.ts';
import type { Redacted } from '../core/redacted.ts';
import type { SecretVersion } from '../core/versions.ts';
import type { Page } from './vpn-api.ts';

export type { SecretVersion };

/** A version as it was found by one of its labels. */
export interface LabelledVersion {
  readonly version: SecretVersion;
  readonly data: Redacted;
}

/** KMS generic secrets of one region. Every method makes one HTTP request a page and never retries. */
export interface SecretStore {
  /** One page of the names of all secrets; pages are counted from 1. */
  listNames(pageNumber: number): Promise<Outcome<Page<string>>>;
  /** All versions, unlabelled ones too. May be stale: the service promises nothing. */
  listVersions(name: string): Promise<Outcome<readonly SecretVersion[]>>;
  readVersion(name: string, versionId: string): Promise<Outcome<Redacted>>;
  /** The version that carries a label; `notFound` where none does, or there is no such secret. */
  readLabelled(name: string, label: string): Promise<Outcome<LabelledVersion>>;
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
