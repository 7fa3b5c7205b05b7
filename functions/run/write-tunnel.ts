import { clientToken } from '../core/client-token.ts';
import { reason } from '../core/codes.ts';
import type { CodeName, Reason } from '../core/codes.ts';
import { completed } from '../core/compare.ts';
import type { Wanted } from '../core/compare.ts';
import type { StepPhase } from '../core/events.ts';
import { tunnelName } from '../core/fleet.ts';
import type { Connection, Tunnel, TunnelRef } from '../core/fleet.ts';
import type { Outcome } from '../core/failure.ts';
import { judgeTunnel } from '../core/judge-tunnel.ts';
import { interruptionOf } from '../core/steps.ts';
import type { Step } from '../core/steps.ts';
import type { Redacted } from '../core/redacted.ts';
import { settingsEqual } from '../core/write.ts';
import type { TunnelConfig, TunnelWrite } from '../core/write.ts';
import { between, seconds } from '../core/units.ts';
import type { EpochMs } from '../core/units.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import { repeat } from './retry.ts';
import type { Attempt } from './retry.ts';
import { settle } from './settle.ts';
import type { LaneWatcher, Sight } from './lane-watcher.ts';

/** How long a write waits for the other tunnel: status can be as old as the service's own polling. */
const PARTNER_WAIT = seconds(60);
/** Connections on one customer gateway must share their key (API page of ModifyTunnelAttribute). */
const SAME_GATEWAY_RULE = 'vpnconnectionparaminvalid.samevpnandcgwdifferentikeconfigs';

/** One tunnel to bring to `wanted`, forward or back. */
export interface WriteJob {
  readonly step: Step;
  readonly vpnGatewayId: string | null;
  readonly wanted: Wanted;
  readonly direction: 'apply' | 'restore';
  readonly secretName: string;
  readonly versionId: string;
  /** Why the next request must not be sent, or null. A restore is not stopped: it is what makes safe. */
  stop(): Reason | null;
  /** The key of a tunnel whose key cannot be read, as this run left it or the current version has it. */
  believedKey(tunnel: TunnelRef): Redacted | null;
  /** The other connections of the group: a service that keeps them on one key changes them as well. */
  readonly siblings: readonly string[];
  /** Refuses to take down the only path that is up. */
  readonly keepSecondPath: boolean;
  report(phase: StepPhase, detail: string): void;
}

export interface WriteResult {
  /** `holds`: read back. `accepted`: taken by the service, but its key cannot be read. */
  readonly kind: 'holds' | 'accepted' | 'unneeded' | 'failed';
  readonly reason: Reason;
  /** True once a request may have changed the tunnel. */
  readonly touched: boolean;
  /** The service said that it took the last request; false where its answer was lost. */
  readonly taken: boolean;
  readonly requests: number;
  /** When the last request was sent; null when there was none. */
  readonly writtenAt: EpochMs | null;
  /** Whether the tunnel was seen without its SA after that request. */
  readonly sawDown: boolean;
  /** The last look at the lane; null where none came about. */
  readonly seen: Sight | null;
}

/** What a write remembers between its attempts. */
interface Memory {
  generation: number;
  requests: number;
  touched: boolean;
  accepted: boolean;
  /** Requests that were accepted and turned out not to be in effect. */
  futile: number;
  writtenAt: EpochMs | null;
  /** Since when the lane is known to be settled after the last request. */
  settledAt: EpochMs | null;
  sawDown: boolean;
  seen: Sight | null;
  /** The rate allows one more write, which has not been sent yet. */
  turn: boolean;
  /** Since when the write waits for the other tunnel to come up. */
  lonelySince: EpochMs | null;
  /** The request whose outcome is not known; it is repeated word for word under its own token. */
  doubtful: TunnelWrite | null;
}

const NOTHING_DONE: Memory = {
  generation: 0,
  requests: 0,
  touched: false,
  accepted: false,
  futile: 0,
  writtenAt: null,
  settledAt: null,
  sawDown: false,
  seen: null,
  turn: false,
  lonelySince: null,
  doubtful: null,
};

/**
 * Brings one tunnel to what is wanted: looks, writes, waits for the gateway, reads back, until it holds.
 * Must run inside the lane of the tunnel. A read comes before each write, so a write that did arrive is
 * never repeated, and one that nobody needs any more is not sent.
 */
export async function writeTunnel(
  run: Run,
  lane: LaneWatcher,
  job: WriteJob,
): Promise<WriteResult> {
  const memory: Memory = { ...NOTHING_DONE };
  const finish = (kind: WriteResult['kind'], why: Reason): WriteResult => ({
    kind,
    reason: why,
    touched: memory.touched,
    taken: memory.accepted,
    requests: memory.requests,
    writtenAt: memory.writtenAt,
    sawDown: memory.sawDown,
    seen: memory.seen,
  });
  return repeat(run, run.options.writeAttempts, async (): Promise<Attempt<WriteResult>> => {
    const end = (kind: WriteResult['kind'], why: Reason): Attempt<WriteResult> => ({
      again: false,
      value: finish(kind, why),
    });
    const again = (code: CodeName, detail: string, atLeastMs: number): Attempt<WriteResult> => ({
      again: 'later',
      value: finish('failed', reason(code, detail)),
      atLeastMs,
    });
    const prompt = job.direction === 'restore';
    const place = { tunnel: job.step.tunnel, vpnGatewayId: job.vpnGatewayId, prompt };
    const settled = await settle(run, lane, { ...place, since: memory.writtenAt }, () =>
      job.report(memory.requests === 0 ? 'waiting-for-gateway' : 'settling', ''),
    );
    if (settled.kind === 'failed') return end('failed', settled.reason);
    const { connection, tunnel } = settled;
    const trusted = noteSight(run, memory, settled);
    const seen = judgeTunnel(tunnel, job, { ...memory, trusted });
    if (seen.kind === 'unclear') {
      lane.doubt();
      return again(seen.reason.code, seen.reason.detail, 0);
    }
    if (seen.kind !== 'write') return end(seen.kind, seen.reason);
    if (seen.futile) {
      memory.accepted = false;
      memory.generation += 1;
      memory.futile += 1;
    }
    if (job.keepSecondPath && cutsPath(job, settled.sight, connection, tunnel)) {
      const now = run.ports.clock.now();
      memory.lonelySince ??= now;
      const why = tunnelName(job.step.tunnel);
      return between(memory.lonelySince, now) < PARTNER_WAIT
        ? again('no-second-path', why, 0)
        : end('failed', reason('no-second-path', why));
    }
    memory.lonelySince = null;
    if (!memory.turn) {
      memory.turn = true;
      // What was seen before a long wait is no look before the write.
      const soon = await lane.turn(job.step.call);
      if (!soon) return { again: 'at-once', value: finish('failed', reason('out-of-time')) };
    }
    const stop = job.stop();
    if (stop !== null) return end('failed', stop);
    const request = nextRequest(run, job, memory, connection, tunnel);
    job.report('writing', `${request.call}, attempt ${memory.requests + 1}`);
    noteRequest(run, memory);
    lane.wrote();
    return digest(await run.ports.vpn.write(request), { job, memory, request, end, again });
  });
}

/** Notes what was seen, and says whether it cannot be of the time before the last request. */
function noteSight(
  run: Run,
  memory: Memory,
  { sight, tunnel }: { readonly sight: Sight; readonly tunnel: Tunnel },
): boolean {
  memory.seen = sight;
  if (memory.touched) memory.sawDown ||= isDown(tunnel);
  memory.settledAt ??= sight.settledAt ?? sight.at;
  return between(memory.settledAt, sight.at) >= run.options.statusLagMs;
}

function noteRequest(run: Run, memory: Memory): void {
  memory.requests += 1;
  memory.writtenAt = run.ports.clock.now();
  memory.settledAt = null;
  memory.sawDown = false;
  memory.turn = false;
}

/** Whether the write could take down the only path of this connection, or of a sibling that goes along. */
function cutsPath(job: WriteJob, sight: Sight, connection: Connection, tunnel: Tunnel): boolean {
  if (lastPath(connection, tunnel)) return true;
  return job.siblings.some((vpnConnectionId) => {
    const sibling = sight.connections.get(vpnConnectionId);
    const alike = sibling?.tunnels.find((other) => other.role === tunnel.role);
    return sibling === undefined || (alike !== undefined && lastPath(sibling, alike));
  });
}

const isDown = ({ sa }: Tunnel): boolean => sa === 'down' || sa === 'phase1';

/** Whether a write of this tunnel, as it is now, leaves the connection no path that is up. */
const lastPath = (connection: Connection, tunnel: Tunnel): boolean =>
  interruptionOf(connection, tunnel) === 'only-path';

/** The doubtful request again, word for word, or a new one over the settings as they are now. */
function nextRequest(
  run: Run,
  job: WriteJob,
  memory: Memory,
  connection: Connection,
  tunnel: Tunnel,
): TunnelWrite {
  const full = completed(tunnel, job.wanted);
  const config: TunnelConfig = { key: full.key ?? job.step.before.key, settings: full.settings };
  const { doubtful } = memory;
  if (doubtful !== null) {
    if (settingsEqual(doubtful.config.settings, config.settings)) return doubtful;
    memory.generation += 1;
    memory.doubtful = null;
  }
  const { step } = job;
  return {
    ...step.tunnel,
    call: step.call,
    clientToken: clientToken(
      {
        nonce: run.nonce,
        secretName: job.secretName,
        versionId: job.versionId,
        subject: subjectOf(job),
        direction: job.direction,
        generation: memory.generation,
      },
      (text) => run.ports.random.sha256Hex(text),
    ),
    config,
    localSubnets: connection.localSubnets,
    remoteSubnets: connection.remoteSubnets,
    effectImmediately: connection.effectImmediately,
    tunnelIndex: tunnel.index,
    partner:
      step.call === 'ModifyVpnAttachmentAttribute' ? partnerOf(job, connection, tunnel) : null,
  };
}

/** What the request is about: a tunnel, and the customer gateway it goes to, where it goes to another. */
function subjectOf({ step, wanted }: WriteJob): string {
  const { customerGatewayId } = wanted.settings;
  const tunnel = tunnelName(step.tunnel);
  return customerGatewayId === undefined ? tunnel : `${tunnel} on ${customerGatewayId}`;
}

/** The attachment's other tunnel, restated as it is. */
function partnerOf(job: WriteJob, connection: Connection, tunnel: Tunnel): TunnelWrite['partner'] {
  const partner = connection.tunnels.find((other) => other.tunnelId !== tunnel.tunnelId);
  if (partner === undefined || partner.tunnelId === null) return null;
  const { key, settings } = completed(partner, { key: null, settings: {} });
  const believed = job.believedKey({ ...job.step.tunnel, tunnelId: partner.tunnelId });
  return {
    tunnelId: partner.tunnelId,
    tunnelIndex: partner.index,
    config: { key: key ?? believed, settings },
  };
}

/** Decides by what may have happened on the service's side. */
function digest(
  outcome: Outcome<null>,
  context: {
    readonly job: WriteJob;
    readonly memory: Memory;
    readonly request: TunnelWrite;
    readonly end: (kind: WriteResult['kind'], why: Reason) => Attempt<WriteResult>;
    readonly again: (code: CodeName, detail: string, atLeastMs: number) => Attempt<WriteResult>;
  },
): Attempt<WriteResult> {
  const { job, memory, request, end, again } = context;
  const name = tunnelName(job.step.tunnel);
  switch (outcome.kind) {
    case 'ok':
      memory.touched = true;
      memory.accepted = true;
      memory.doubtful = null;
      return { again: 'at-once', value: again('write-unsettled', name, 0).value };
    case 'unknown':
    case 'tokenInProgress':
      memory.touched = true;
      memory.doubtful = request;
      job.report('read-back', outcome.error.code);
      return again('write-unsettled', `${name}: ${outcome.error.code}`, 0);
    case 'busy':
    case 'throttled': {
      // A definite refusal may be remembered under its token, so the next request gets a new one. If an
      // earlier one is still on its way it writes the same values.
      memory.generation += 1;
      memory.doubtful = null;
      job.report('busy', outcome.error.code);
      const later = again('gateway-stuck', `${name}: ${outcome.error.code}`, 0);
      // Whoever was throttled waits for its next turn; the governor knows how long.
      return outcome.kind === 'busy' ? later : { again: 'at-once', value: later.value };
    }
    case 'refused':
    case 'denied':
    case 'notFound': {
      const why = reasonOf(outcome, name);
      if (outcome.kind === 'denied') return end('failed', why);
      const shared = outcome.error.code.toLowerCase() === SAME_GATEWAY_RULE;
      return end('failed', reason(shared ? 'same-gateway-rule' : 'write-refused', why.detail));
    }
  }
}
