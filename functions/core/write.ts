import type { Settings } from './parameters.ts';
import type { Redacted } from './redacted.ts';
import type { TunnelRef } from './fleet.ts';

/** Key and complete settings of one tunnel, as they are sent. A null key is left out of the request. */
export interface TunnelConfig {
  readonly key: Redacted | null;
  readonly settings: Settings;
}

/** Which of the three write calls reaches a tunnel (facts: the API has one per kind of connection). */
export type WriteCall =
  | 'ModifyTunnelAttribute'
  | 'ModifyVpnConnectionAttribute'
  | 'ModifyVpnAttachmentAttribute';

/** One write of one tunnel: the complete configuration, never a part (omitted fields are undefined behaviour). */
export interface TunnelWrite extends TunnelRef {
  readonly call: WriteCall;
  readonly clientToken: string;
  readonly config: TunnelConfig;
  /** Resent with the connection-level calls; the service is known to misbehave without them. */
  readonly localSubnets: string;
  readonly remoteSubnets: string;
  readonly effectImmediately: boolean | null;
  /** 1 or 2 on attachments. */
  readonly tunnelIndex: number | null;
  /**
   * The partner tunnel of an attachment, restated as it is: nobody knows what happens to a tunnel that is
   * left out of the array. Null where there is none or the call changes a single tunnel.
   */
  readonly partner: {
    readonly tunnelId: string;
    readonly tunnelIndex: number | null;
    readonly config: TunnelConfig;
  } | null;
}

/** Whether two complete configurations would be sent alike, apart from the key. */
export function settingsEqual(a: Settings, b: Settings): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof Settings>;
  return [...names].every((name) => a[name] === b[name]);
}
