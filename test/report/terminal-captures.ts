/** What the commands look like: real plans of the sample fleet, and one run's events as a screen shows them. */
import * as secretAnswers from '../../functions/alicloud/secret-answers.ts';
import { createSecretStore } from '../../functions/alicloud/secret-store.ts';
import { createVpnApi } from '../../functions/alicloud/vpn-api.ts';
import type { RunEvent, StepPhase } from '../../functions/core/events.ts';
import { tunnelName } from '../../functions/core/fleet.ts';
import { parseDocument } from '../../functions/core/parse-document.ts';
import { epochMs } from '../../functions/core/units.ts';
import { discoveryData } from '../../functions/report/discovery-data.ts';
import { discoveryText } from '../../functions/report/discovery-text.ts';
import { LiveView } from '../../functions/report/live-view.ts';
import { plainLine } from '../../functions/report/plain-lines.ts';
import { planData } from '../../functions/report/plan-data.ts';
import type { PlanData } from '../../functions/report/plan-data.ts';
import { planText } from '../../functions/report/plan-text.ts';
import { statusData } from '../../functions/report/status-data.ts';
import { statusText } from '../../functions/report/status-text.ts';
import { RUN_DEFAULTS } from '../../functions/run/context.ts';
import type { Run } from '../../functions/run/context.ts';
import { discover } from '../../functions/run/discover.ts';
import { prepare } from '../../functions/run/prepare.ts';
import { VirtualClock } from '../../local/clock.ts';
import { Cloud } from '../../local/cloud.ts';
import { Prng } from '../../local/prng.ts';
import { sampleFleet } from '../../local/sample-fleet.ts';
import { defaultSwitches } from '../../local/switches.ts';
import { clockOf, randomOf } from '../simulation/ports.ts';
import { Life, simulatedTransport } from '../simulation/transport.ts';

export const START_MS = Date.UTC(2026, 10, 23, 2, 30);

/** A run's ports on the sample fleet, in virtual time. */
export function sampleRun(): Run {
  const clock = new VirtualClock({ startMs: START_MS, drive: 'auto' });
  const cloud = new Cloud({
    seed: 1,
    now: () => clock.now(),
    fleet: sampleFleet(),
    switches: defaultSwitches(),
  });
  const life = new Life(0);
  const transport = simulatedTransport(cloud, life, (ms) => clock.sleep(ms));
  return {
    ports: {
      clock: clockOf(clock, life),
      random: randomOf(new Prng(1)),
      log: { event: () => undefined },
      vpn: createVpnApi(transport, { tunnelOptionsInBody: false }),
      secrets: createSecretStore(transport, 'cn-hangzhou', () => secretAnswers),
      invoker: null,
    },
    options: RUN_DEFAULTS,
    runId: 'run_1',
    nonce: '0'.repeat(32),
    parseDocument,
    lease: null,
  };
}

const SITES = ['hangzhou-dc', 'milan-partner', 'ningbo-port', 'suzhou-plant', 'london-dc'];
const SECRETS = SITES.map((site) => `vpn/${site}`);
const plain = (width: number) => ({ colour: false, width });

/** By the name under which docs/terminal.md shows it. */
export async function captures(): Promise<ReadonlyMap<string, string>> {
  const run = sampleRun();
  const prepared = await prepare(run, SECRETS, 'rotate');
  const plan = planData(prepared);
  const status = statusData(prepared, epochMs(START_MS));
  const found = discoveryData(
    await discover(run, ['cn-hangzhou', 'eu-central-1']),
    epochMs(START_MS),
  );
  return new Map([
    ['discover, 80 columns', discoveryText(found, plain(80))],
    ['plan, 80 columns', planText(plan, plain(80))],
    ['plan, 160 columns', planText(plan, plain(160))],
    ['status, 80 columns', statusText(status, plain(80))],
    ['status, 160 columns', statusText(status, plain(160))],
    ['status, 80 columns, colour', visible(statusText(status, { colour: true, width: 80 }))],
    ['rotate at work, 80 columns', screen(plan, 80)],
    ['rotate at work, 160 columns', screen(plan, 160)],
    ['rotate at work, 80 columns, colour', visible(screen(plan, 80, true))],
    [
      'rotate into a pipe',
      events(plan)
        .flatMap((event) => plainLine(event) ?? [])
        .join('\n'),
    ],
  ]);
}

/** Escape characters as a page can show them. */
const visible = (text: string): string => text.replaceAll('\u001B', '␛');

/** The screen after two minutes of a run. */
function screen(plan: PlanData, width: number, colour = false): string {
  const view = new LiveView();
  const all = events(plan);
  for (const [at, event] of all.entries()) {
    view.seen(event, epochMs(START_MS + (at * 120_000) / all.length));
  }
  return view.frame({ colour, width, height: 24 }, epochMs(START_MS + 120_000)).join('\n');
}

/** A run of that plan that is half through: the canary is done, one group works, one fails and goes back. */
function events(plan: PlanData): readonly RunEvent[] {
  const ready = plan.groups.filter(({ verdict }) => verdict === 'ready');
  const refs = ready.map((group) =>
    group.steps.map(({ vpnConnectionId, tunnelId, role }) => ({
      regionId: group.regionId,
      vpnConnectionId,
      tunnelId,
      role,
    })),
  );
  const step = (
    [group, at]: readonly [number, number],
    phase: StepPhase,
    detail = '',
    direction: 'apply' | 'restore' = 'apply',
  ): RunEvent => {
    const tunnel = refs[group]?.[at];
    if (tunnel === undefined)
      throw new Error(
        `no step ${at} in group ${group}: ${tunnelName({ regionId: '', vpnConnectionId: '', tunnelId: null })}`,
      );
    return { kind: 'step', group: ready[group]?.id ?? '', tunnel, direction, phase, detail };
  };
  const end = (group: number, verdict: string, reason: string): RunEvent => ({
    kind: 'group-finished',
    group: ready[group]?.id ?? '',
    verdict,
    reason,
  });
  return [
    { kind: 'run-started', runId: 'run_0bb0f8faa63e37938247', secrets: plan.secrets },
    { kind: 'gathered', gateways: 5, connections: 15, tunnels: 30 },
    ...plan.groups.map((group): RunEvent => ({
      kind: 'group-planned',
      group: group.id,
      verdict: group.verdict,
      reason: group.reason.code,
      steps: group.steps.map(({ vpnConnectionId, tunnelId, role }) => ({
        regionId: group.regionId,
        vpnConnectionId,
        tunnelId,
        role,
      })),
    })),
    step([0, 0], 'writing', 'ModifyTunnelAttribute, attempt 1'),
    step([0, 0], 'settling'),
    step([0, 0], 'proving'),
    step([0, 0], 'done', 'proven'),
    step([0, 1], 'writing', 'ModifyTunnelAttribute, attempt 1'),
    step([0, 1], 'done', 'proven'),
    end(0, 'converged', 'rotated'),
    step([1, 0], 'writing', 'ModifyTunnelAttribute, attempt 1'),
    step([4, 0], 'writing', 'ModifyTunnelAttribute, attempt 1'),
    step([1, 0], 'failed', 'proof-timeout'),
    step([1, 0], 'writing', 'ModifyTunnelAttribute, attempt 1', 'restore'),
    step([4, 0], 'done', 'proven'),
    step([4, 1], 'writing', 'ModifyTunnelAttribute, attempt 1'),
    step([4, 2], 'waiting-for-gateway'),
    step([4, 1], 'settling'),
    step([1, 0], 'settling', '', 'restore'),
  ];
}
