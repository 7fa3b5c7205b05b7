import { CODES, KeyturnError } from '../core/codes.ts';
import type { CodeName, Reason } from '../core/codes.ts';
import type { Outcome, Report } from '../core/report.ts';

export interface AttentionItem {
  /** A group, a secret, or empty for the run as a whole. */
  readonly where: string;
  readonly code: CodeName;
  readonly happened: string;
  readonly detail: string;
  /** What a person does about it. */
  readonly remedy: string;
}

/**
 * What a person has to do, as the thrown error's message carries it: Function Compute hands on nothing else
 * of an error, neither to the caller nor to the failure destination.
 */
export interface Attention {
  readonly schema: 'keyturn/attention/1';
  /** One line for a subject or a chat. */
  readonly summary: string;
  readonly runId: string | null;
  readonly outcome: Outcome | 'not-begun';
  readonly trigger: string | null;
  /** Who asked and why, in the words of the command. */
  readonly requestReason: string | null;
  readonly items: readonly AttentionItem[];
  /** Items left out, because a queue's message holds 64 KB. */
  readonly more: number;
}

const ITEMS_MAX = 20;
const DETAIL_MAX = 1000;

/** Of a run that ended `partial` or `failed`: everything in it that is neither fine nor only waiting. */
export function attentionOf(report: Report): Attention {
  const groups = report.groups
    .filter(({ verdict }) => verdict !== 'converged' && verdict !== 'waiting')
    .map((group) =>
      itemOf(`${group.vpnGatewayId ?? group.regionId}/${group.customerGatewayId}`, group.reason),
    );
  const secrets = report.secrets.flatMap(({ name, reason }) =>
    reason === null ? [] : [itemOf(name, reason)],
  );
  const items = [...groups, ...secrets];
  const open = items.map(({ where, code }) => `${where} ${code}`);
  return {
    schema: 'keyturn/attention/1',
    summary: `${report.runId} ended ${report.outcome}: ${shorten(open.join('; '))}`,
    runId: report.runId,
    outcome: report.outcome,
    trigger: report.trigger,
    requestReason: report.requestReason,
    items: items.slice(0, ITEMS_MAX),
    more: Math.max(0, items.length - ITEMS_MAX),
  };
}

/** Of a run that did not begin. An error that nobody expected may say anything, so only its name is taken. */
export function attentionOfError(error: unknown): Attention {
  const why: Reason =
    error instanceof KeyturnError
      ? { code: error.code, detail: error.detail }
      : { code: 'unexpected', detail: error instanceof Error ? error.name : typeof error };
  return {
    schema: 'keyturn/attention/1',
    summary: `not begun: ${why.code} ${shorten(why.detail)}`.trim(),
    runId: null,
    outcome: 'not-begun',
    trigger: null,
    requestReason: null,
    items: [itemOf('', why)],
    more: 0,
  };
}

function itemOf(where: string, { code, detail }: Reason): AttentionItem {
  const { sentence, remedy } = CODES[code];
  return { where, code, happened: sentence, detail: shorten(detail), remedy };
}

function shorten(text: string): string {
  return text.length <= DETAIL_MAX ? text : `${text.slice(0, DETAIL_MAX)}…`;
}
