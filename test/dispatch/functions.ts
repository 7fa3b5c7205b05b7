/** The functions of a virtual account, over the real engine. */
import type { Command } from '../../functions/core/command.ts';
import { needsAttention } from '../../functions/core/report.ts';
import type { Report } from '../../functions/core/report.ts';
import type { Run } from '../../functions/run/context.ts';
import { dispatch } from '../../functions/run/dispatch.ts';
import { rotate } from '../../functions/run/rotate.ts';
import type { RotateRequest } from '../../functions/run/rotate.ts';
import { workOff } from '../../functions/run/work.ts';
import { LEASE_SECRET } from '../../bench/estate.ts';
import type { Handler } from './virtual-account.ts';

function requestOf(command: Command, successor: string): RotateRequest {
  return {
    secrets: command.secrets.length === 0 ? ['vpn/*'] : command.secrets,
    trigger: command.trigger,
    requestReason: command.reason,
    leaseSecret: LEASE_SECRET,
    task: command.task,
    successor,
    countedCalls: () => ({}),
  };
}

/** As the function does: what a person must look at is an error, except for a shard. */
function thrown(report: Report, command: Command): Report {
  const forDispatcher = command.task !== null && command.task.shard !== null;
  if (needsAttention(report) && !forDispatcher) throw new Error(JSON.stringify(report));
  return report;
}

export const rotating: Handler = async (run: Run, command: Command) =>
  thrown(await rotate(run, requestOf(command, 'rotate'), async () => ({ workOff })), command);

export const dispatching =
  (shardsMax: number): Handler =>
  async (run: Run, command: Command) => {
    const request = { ...requestOf(command, 'dispatch'), worker: 'rotate', shardsMax };
    return thrown(await dispatch(run, request), command);
  };
