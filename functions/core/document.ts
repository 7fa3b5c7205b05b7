import type { SettingName, Settings } from './parameters.ts';
import type { Redacted } from './redacted.ts';
import type { Window } from './window.ts';

/** What the whole connection (`tunnelId` null) or one tunnel shall become. */
export interface Target {
  /** Where it stands in the document, for messages: `targets[3]`. */
  readonly path: string;
  readonly regionId: string;
  readonly vpnConnectionId: string;
  readonly tunnelId: string | null;
  /** Null: the document names no key, the live one stays. */
  readonly key: Redacted | null;
  /** Only what the document names. */
  readonly settings: Settings;
}

export type Handover =
  | { readonly mode: 'immediate' }
  | { readonly mode: 'acknowledged' }
  | { readonly mode: 'scheduled'; readonly notBefore: string }
  | { readonly mode: 'stepwise'; readonly followWithinHours: number };

export interface ProofRule {
  readonly require: 'proven' | 'established' | 'none';
  readonly timeoutSeconds: number;
}

/** What to do where the service refuses to change one connection of a customer gateway before the others. */
export type GroupStrategy = 'in-place' | 'replace-customer-gateway';

export interface RotationDocument {
  readonly targets: readonly Target[];
  readonly handover: Handover;
  readonly proof: ProofRule;
  readonly onFailure: 'restore' | 'hold';
  readonly allowInterruption: boolean;
  readonly groupStrategy: GroupStrategy;
  /** Null: Keyturn never generates a key for this document. */
  readonly rotateEveryDays: number | null;
  /** Its groups are begun only while it is open; null: at any time. */
  readonly window: Window | null;
}

/** One broken rule. Says where and which rule, never the value that was there. */
export interface DocumentFault {
  readonly path: string;
  readonly rule: string;
}

export type ParsedDocument =
  | { readonly kind: 'document'; readonly document: RotationDocument }
  | { readonly kind: 'faults'; readonly faults: readonly DocumentFault[] };

export type { SettingName };
