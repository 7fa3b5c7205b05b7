import type { Connection, VpnGateway } from '../core/fleet.ts';
import type { Outcome } from '../core/failure.ts';
import { after, durationMs } from '../core/units.ts';
import type { DurationMs, EpochMs } from '../core/units.ts';
import type { Run } from './context.ts';
import { readConnections, readGateways } from './gather.ts';
import { PAGE_SIZE } from './pages.ts';
import { reliably } from './retry.ts';

/** What one look saw; null where the thing is gone. */
export interface Sight {
  readonly gateway: VpnGateway | null;
  readonly connection: Connection | null;
  /** When the look began: everything in it is at least this fresh, as far as the service is. */
  readonly at: EpochMs;
}

interface Question {
  readonly vpnGatewayId: string | null;
  readonly vpnConnectionId: string | null;
  readonly due: EpochMs;
  answer(outcome: Outcome<Sight>): void;
}

/**
 * One watcher a region: whoever waits for a gateway or a tunnel asks it, and all questions that are due
 * are answered by one look (up to 50 gateways or connections a request) instead of one request each.
 */
export class RegionWatcher {
  readonly #run: Run;
  readonly #regionId: string;
  #questions: Question[] = [];
  #working = false;
  /** Connections in the region at the last full look; says which way of asking is cheaper. */
  #size: number;

  constructor(run: Run, regionId: string, size: number) {
    this.#run = run;
    this.#regionId = regionId;
    this.#size = size;
  }

  /** Looks after at least `wait`. Either id may be null: then that part is not asked for. */
  look(
    what: { readonly vpnGatewayId: string | null; readonly vpnConnectionId: string | null },
    wait: DurationMs,
  ): Promise<Outcome<Sight>> {
    return new Promise((resolve, reject) => {
      const due = after(this.#run.ports.clock.now(), wait);
      this.#questions.push({ ...what, due, answer: resolve });
      if (this.#working) return;
      this.#working = true;
      this.#work().catch(reject);
    });
  }

  async #work(): Promise<void> {
    const { clock } = this.#run.ports;
    const { pollMinMs } = this.#run.options;
    while (this.#questions.length > 0) {
      const first = Math.min(...this.#questions.map((question) => question.due));
      const pause = Math.max(0, first - clock.now());
      // Slept in short pieces: a question that comes in meanwhile may be due earlier.
      await clock.sleep(durationMs(Math.min(pause, pollMinMs)));
      if (clock.now() < first) continue;
      const horizon = clock.now() + pollMinMs / 2;
      const due = this.#questions.filter((question) => question.due <= horizon);
      this.#questions = this.#questions.filter((question) => question.due > horizon);
      await this.#answer(due);
    }
    this.#working = false;
  }

  async #answer(due: readonly Question[]): Promise<void> {
    const at = this.#run.ports.clock.now();
    const wantGateways = due.some((question) => question.vpnGatewayId !== null);
    const ids = new Set(due.flatMap((question) => question.vpnConnectionId ?? []));
    const [gateways, connections] = await Promise.all([
      wantGateways ? readGateways(this.#run, this.#regionId) : none<VpnGateway>(),
      this.#connections([...ids]),
    ]);
    const failed = [gateways, connections].find((outcome) => outcome.kind !== 'ok');
    for (const question of due) {
      if (failed !== undefined) {
        question.answer(failed);
        continue;
      }
      if (gateways.kind !== 'ok' || connections.kind !== 'ok') continue;
      const { vpnGatewayId, vpnConnectionId } = question;
      question.answer({
        kind: 'ok',
        value: {
          at,
          gateway: gateways.value.find((gateway) => gateway.vpnGatewayId === vpnGatewayId) ?? null,
          connection:
            connections.value.find((found) => found.vpnConnectionId === vpnConnectionId) ?? null,
        },
      });
    }
  }

  async #connections(ids: readonly string[]): Promise<Outcome<readonly Connection[]>> {
    if (ids.length === 0) return { kind: 'ok', value: [] };
    if (ids.length >= Math.ceil(this.#size / PAGE_SIZE)) {
      const all = await readConnections(this.#run, this.#regionId);
      if (all.kind === 'ok') this.#size = all.value.length;
      return all;
    }
    const found: Connection[] = [];
    for (const vpnConnectionId of ids) {
      const outcome = await reliably(this.#run, () =>
        this.#run.ports.vpn.listVpnConnections({
          regionId: this.#regionId,
          pageNumber: 1,
          pageSize: PAGE_SIZE,
          vpnConnectionId,
        }),
      );
      if (outcome.kind !== 'ok') return outcome;
      found.push(...outcome.value.items);
    }
    return { kind: 'ok', value: found };
  }
}

async function none<T>(): Promise<Outcome<readonly T[]>> {
  return { kind: 'ok', value: [] };
}
