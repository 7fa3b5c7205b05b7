/** How often a region is looked at, by whom is waited for there. */
import { expect, test } from 'vitest';
import { durationMs, minutes, seconds } from '../../functions/core/units.ts';
import type { DurationMs } from '../../functions/core/units.ts';
import type { VpnApi } from '../../functions/ports/vpn-api.ts';
import { LearnedWindows } from '../../functions/run/learned-windows.ts';
import { planRun } from '../../functions/run/plan-run.ts';
import { RegionWatcher } from '../../functions/run/watch.ts';
import type { Wait } from '../../functions/run/watch.ts';
import { EngineWorld, REGION } from './engine-world.ts';

const WINDOW = seconds(60);

interface Looked {
  readonly looks: number;
  /** How long after its end the window was found over. */
  readonly lateMs: number;
}

/** Waits for a gateway that is in configuration for a minute, where so many such windows were seen. */
async function wait(
  spec: Pick<Wait, 'steps'> & { readonly longestWay: DurationMs; readonly seenAt?: string },
): Promise<Looked> {
  const told: Looked[] = [];
  await new EngineWorld([{ name: 'a' }]).run({
    begin: async (run, request) => {
      const { clock } = run.ports;
      const begun = clock.now();
      let looks = 0;
      const vpn: VpnApi = {
        ...run.ports.vpn,
        async listVpnGateways(query) {
          looks += 1;
          const page = await run.ports.vpn.listVpnGateways(query);
          if (page.kind !== 'ok' || clock.now() - begun >= WINDOW) return page;
          const items = page.value.items.map((one) => ({ ...one, status: 'updating' }));
          return { kind: 'ok', value: { ...page.value, items } };
        },
      };
      const learned = new LearnedWindows();
      for (let number = 0; number < 5; number += 1) {
        learned.learn(spec.seenAt ?? REGION, 'vpn-other', WINDOW);
      }
      const watcher = new RegionWatcher({ ...run, ports: { ...run.ports, vpn } }, REGION, {
        sizes: { gateways: 1, connections: 1 },
        writesWait: () => durationMs(0),
        learned,
        longestWay: () => spec.longestWay,
      });
      const quiet = await watcher.quiet(
        {
          holder: { kind: 'gateway', vpnGatewayId: 'vpn-1' },
          since: begun,
          limit: (begun + minutes(10)) as never,
          steps: spec.steps,
        },
        () => undefined,
      );
      if (quiet.kind === 'quiet') told.push({ looks, lateMs: quiet.at - begun - WINDOW });
      return planRun(run, request);
    },
  });
  const [looked] = told;
  if (looked === undefined) throw new Error('it was not found settled');
  return looked;
}

test('the lane with the longest way is found settled within an eleventh of a window', async () => {
  const { looks, lateMs } = await wait({ steps: 4, longestWay: durationMs(4 * WINDOW) });
  expect(lateMs).toBeLessThanOrEqual(WINDOW / 11);
  expect(looks).toBeLessThanOrEqual(13);
});

test('a lane that is far ahead of it is asked for rarely', async () => {
  const last = await wait({ steps: 4, longestWay: durationMs(4 * WINDOW) });
  const ahead = await wait({ steps: 4, longestWay: durationMs(8 * WINDOW) });
  expect(ahead.looks).toBeLessThan(last.looks / 2);
});

test('what is put back is found settled as soon as if it were the last, however far others have to go', async () => {
  const alone = await wait({ steps: null, longestWay: durationMs(0) });
  expect(await wait({ steps: null, longestWay: durationMs(40 * WINDOW) })).toEqual(alone);
});

test('until a region has shown a window, those of other regions are what is expected', async () => {
  const here = await wait({ steps: null, longestWay: durationMs(0) });
  const elsewhere = { steps: null, longestWay: durationMs(0), seenAt: 'cn-beijing' };
  expect(await wait(elsewhere)).toEqual(here);
});
