import type { Definition, Params } from '../../operation.ts';
import { findConnection, findTunnel, onConnection } from '../look-up.ts';
import { illegal, missing } from '../refusals.ts';
import type { VpcState } from '../model.ts';
import { page } from '../paging.ts';

/** Without a period the last ten minutes are shown, the longest `MinutePeriod`. */
const DEFAULT_MINUTES = 10;

/** Newest first. `Count` is the number on this page; there is no total. */
export const describeVpnConnectionLogs: Definition<VpcState> = {
  access: 'read',
  ram: onConnection('DescribeVpnConnectionLogs'),
  limit: { calls: 600, perMs: 60_000 },
  run(state, params, context) {
    const connection = findConnection(state, params, context);
    const [first] = connection.tunnels;
    const tunnelId = params['TunnelId'];
    if (connection.dual && tunnelId === undefined) throw missing('TunnelId');
    const tunnel = connection.dual ? findTunnel(connection, tunnelId ?? '') : first;
    const { fromMs, toMs } = period(params, context.now);
    const lines = (tunnel?.session.logs ?? []).filter(({ at }) => at >= fromMs && at <= toMs);
    const { items, fields } = page(lines.toReversed(), params);
    return {
      PageNumber: fields.PageNumber,
      PageSize: fields.PageSize,
      Count: items.length,
      IsCompleted: true,
      Data: { Logs: items.map(({ text }) => text) },
    };
  },
};

/** `From` and `To` are whole seconds; `From` must come with `To` or `MinutePeriod` (SDK comments). */
function period(params: Params, now: number): { readonly fromMs: number; readonly toMs: number } {
  const from = whole(params, 'From', 0, 99_999_999_999);
  const to = whole(params, 'To', 0, 99_999_999_999);
  const minutes = whole(params, 'MinutePeriod', 1, 10);
  if (from !== null && to === null && minutes === null) throw missing('To');
  // The last second counts as a whole.
  const endMs = (second: number): number => second * 1_000 + 999;
  const lengthMs = (minutes ?? DEFAULT_MINUTES) * 60_000;
  if (from !== null)
    return { fromMs: from * 1_000, toMs: to === null ? from * 1_000 + lengthMs : endMs(to) };
  const toMs = to === null ? now : endMs(to);
  return { fromMs: toMs - lengthMs, toMs };
}

function whole(params: Params, name: string, min: number, max: number): number | null {
  const text = params[name];
  if (text === undefined) return null;
  const value = /^\d{1,11}$/.test(text) ? Number(text) : -1;
  if (value < min || value > max) throw illegal(name);
  return value;
}
