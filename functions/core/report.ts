import type { Reason, Verdict } from './codes.ts';
import { CODES } from './codes.ts';
import type { Field } from './compare.ts';
import type { Role } from './fleet.ts';

/** What shows that a tunnel's configuration is live; `none` where nobody looked or the write failed. */
export type Proof = 'proven' | 'established' | 'down' | 'none';

export type Outcome = 'converged' | 'unchanged' | 'partial' | 'failed' | 'waiting' | 'deferred';

export interface TunnelReport {
  readonly vpnConnectionId: string;
  readonly tunnelId: string | null;
  readonly role: Role;
  /** Which configuration the tunnel was last seen with. */
  readonly holds: 'wanted' | 'before' | 'other' | 'unknown';
  readonly changed: readonly Field[];
  readonly proof: Proof;
}

export interface GroupReport {
  readonly regionId: string;
  readonly vpnGatewayId: string | null;
  readonly customerGatewayId: string;
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly secrets: readonly string[];
  readonly tunnels: readonly TunnelReport[];
}

export interface SecretReport {
  readonly name: string;
  readonly fromVersionId: string | null;
  readonly toVersionId: string | null;
  readonly promoted: boolean;
  /** Null where the groups say all there is to say. */
  readonly reason: Reason | null;
}

export interface StepReport {
  readonly regionId: string;
  readonly vpnConnectionId: string;
  readonly tunnelId: string | null;
  readonly direction: 'apply' | 'restore';
  readonly result: 'done' | 'unchanged' | 'failed';
  readonly reason: Reason | null;
  readonly requests: number;
  readonly proof: Proof;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
}

export interface Report {
  readonly schema: 'keyturn/report/1';
  readonly runId: string;
  readonly trigger: string;
  /** Who asked and why, in the words of the command. */
  readonly requestReason: string | null;
  readonly outcome: Outcome;
  readonly groups: readonly GroupReport[];
  readonly secrets: readonly SecretReport[];
  readonly steps: readonly StepReport[];
  readonly warnings: readonly Reason[];
  /** Requests on the wire by operation. */
  readonly apiCalls: Readonly<Record<string, number>>;
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** One word for the whole run, from its groups, its secrets and whether anything was written or promoted. */
export function outcomeOf(parts: {
  readonly groups: readonly { readonly verdict: Verdict; readonly reason: Reason }[];
  readonly secrets: readonly { readonly reason: Reason | null; readonly promoted: boolean }[];
  readonly wrote: boolean;
}): Outcome {
  const { groups, secrets, wrote } = parts;
  const secretReasons = secrets.flatMap((secret) =>
    secret.reason === null ? [] : [secret.reason],
  );
  // What another invocation is already working on is not over yet: neither well nor ill, however it looks now.
  const over = groups.filter(({ reason }) => reason.code !== 'continued');
  const failing = over.filter(({ verdict, reason }) => !isFine(verdict, reason));
  const waiting =
    over.length < groups.length || groups.some(({ verdict }) => verdict === 'waiting');
  const badSecret = secretReasons.some(
    ({ code }) => CODES[code].exit === 2 || CODES[code].exit === 4,
  );
  const waitingSecret = secretReasons.some(({ code }) => CODES[code].exit === 3);
  if (failing.length > 0 || badSecret) {
    const good = over.some(
      ({ verdict, reason }) => verdict !== 'waiting' && isFine(verdict, reason),
    );
    return good ? 'partial' : 'failed';
  }
  if (waiting || waitingSecret) return 'waiting';
  return wrote || secrets.some((secret) => secret.promoted) ? 'converged' : 'unchanged';
}

function isFine(verdict: Verdict, { code }: Reason): boolean {
  if (verdict === 'converged' || verdict === 'waiting') return true;
  if (verdict === 'restored') return code === 'put-back';
  return verdict === 'unknown' && code === 'keys-unreadable';
}

/** The process's exit status (design of the command line): 0 fine, 2 failed, 3 waiting, 4 refused by a check. */
export function exitOf(report: Pick<Report, 'outcome' | 'groups' | 'secrets'>): 0 | 2 | 3 | 4 {
  switch (report.outcome) {
    case 'converged':
    case 'unchanged':
      return 0;
    case 'waiting':
    case 'deferred':
      return 3;
    case 'partial':
    case 'failed': {
      const touched = report.groups.some(
        ({ verdict, reason }) =>
          verdict === 'mixed' || (verdict === 'restored' && !isFine(verdict, reason)),
      );
      if (touched) return 2;
      const codes = [
        ...report.groups.map((group) => group.reason.code),
        ...report.secrets.flatMap((secret) => (secret.reason === null ? [] : [secret.reason.code])),
      ];
      return codes.some((code) => CODES[code].exit === 2) ? 2 : 4;
    }
  }
}

/** Whether the run must end in an error, which is all that the function's caller counts as a failure. */
export function needsAttention(report: Pick<Report, 'outcome'>): boolean {
  return report.outcome === 'partial' || report.outcome === 'failed';
}
