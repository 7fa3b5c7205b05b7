import type { TunnelRef } from './fleet.ts';

/** What happened to one step of a run, in the order in which it can happen. */
export type StepPhase =
  | 'waiting-for-gateway'
  | 'writing'
  | 'busy'
  | 'settling'
  | 'read-back'
  | 'proving'
  | 'done'
  | 'unchanged'
  | 'failed';

/** Everything a run says while it works. Log lines and the terminal view are made from these alone. */
export type RunEvent =
  | { readonly kind: 'run-started'; readonly runId: string; readonly secrets: readonly string[] }
  | {
      readonly kind: 'gathered';
      readonly gateways: number;
      readonly connections: number;
      readonly tunnels: number;
    }
  | {
      readonly kind: 'group-planned';
      readonly group: string;
      readonly verdict: string;
      readonly reason: string;
      readonly steps: readonly (TunnelRef & { readonly role: string })[];
    }
  | {
      readonly kind: 'step';
      readonly group: string;
      readonly tunnel: TunnelRef;
      readonly direction: 'apply' | 'restore';
      readonly phase: StepPhase;
      /** One short clause for people; never a key. */
      readonly detail: string;
    }
  | {
      readonly kind: 'group-finished';
      readonly group: string;
      readonly verdict: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'secret-promoted';
      readonly secret: string;
      readonly fromVersionId: string | null;
      readonly toVersionId: string;
    }
  /** What was left for lack of time is another invocation's now. */
  | { readonly kind: 'handed-on'; readonly taskId: string; readonly secrets: number }
  /** A dispatcher cut the fleet. */
  | {
      readonly kind: 'cut';
      readonly shards: number;
      readonly documents: number;
      readonly tunnels: number;
    }
  | { readonly kind: 'shard-started'; readonly taskId: string; readonly secrets: number }
  | { readonly kind: 'shard-finished'; readonly taskId: string; readonly outcome: string }
  | { readonly kind: 'warning'; readonly code: string; readonly message: string }
  | { readonly kind: 'run-finished'; readonly outcome: string };
