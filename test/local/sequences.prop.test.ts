/** Any sequence of calls, faults and switches leaves the cloud's own rules whole. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FAULT_KINDS } from '../../local/faults.ts';
import type { FaultRule } from '../../local/faults.ts';
import type { JournalEntry } from '../../local/journal.ts';
import { SWITCHES } from '../../local/switches.ts';
import type { Switches } from '../../local/switches.ts';
import { DOCUMENTED } from '../../local/vpc/refusals.ts';
import { World } from './vpc/world.ts';

const TUNNELS = ['tun-a1', 'tun-a2', 'tun-b1', 'tun-c2', 'tun-g1'] as const;
const TOKENS = 4;
const MINUTE_MS = 60_000;
/** Documented for ModifyTunnelAttribute. */
const WRITES_A_MINUTE = 120;

type Step =
  | { readonly kind: 'write'; readonly tunnel: string; readonly token: number }
  | { readonly kind: 'read' }
  | { readonly kind: 'burst'; readonly calls: number }
  | { readonly kind: 'pass'; readonly ms: number };

interface Story {
  readonly switches: Switches;
  readonly faults: readonly FaultRule[];
  readonly steps: readonly Step[];
}

const calm: readonly fc.Arbitrary<Step>[] = [
  fc.record({
    kind: fc.constant('write' as const),
    tunnel: fc.constantFrom(...TUNNELS),
    token: fc.nat(TOKENS - 1),
  }),
  fc.record({ kind: fc.constant('read' as const) }),
  fc.record({
    kind: fc.constant('pass' as const),
    ms: fc.constantFrom(1, 500, 5_000, 10_000, 31_000, MINUTE_MS),
  }),
];
/** So many calls at once that the rate is reached. */
const burst: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('burst' as const),
  calls: fc.nat(90),
});

const faults: fc.Arbitrary<FaultRule> = fc.record({
  kind: fc.constantFrom(...FAULT_KINDS.filter((kind) => kind !== 'stuck-updating')),
  chance: fc.constant([1, 4] as const),
  code: fc.constantFrom(...Object.keys(DOCUMENTED)),
});

const switches = fc.record(
  Object.fromEntries(
    Object.entries(SWITCHES).map(([name, candidates]) => [name, fc.constantFrom(...candidates)]),
  ),
) as unknown as fc.Arbitrary<Switches>;

const storiesOf = (steps: readonly fc.Arbitrary<Step>[]): fc.Arbitrary<Story> =>
  fc.record({
    switches,
    faults: fc.array(faults, { maxLength: 3 }),
    steps: fc.array(fc.oneof(...steps), { minLength: 5, maxLength: 60 }),
  });
const stories = storiesOf(calm);
const busyStories = storiesOf([...calm, burst]);

/** Each token has a key of its own; which tunnel it is used on varies, so that some uses conflict. */
const keyOf = (token: number): string => `example-psk-of-token-${token}`;

interface Told {
  readonly journal: string;
  readonly entries: readonly JournalEntry[];
  /** The most windows that were ever open at once on one gateway. */
  readonly openAtOnce: number;
  /** How often each key was configured on each tunnel. */
  readonly configured: ReadonlyMap<string, number>;
}

function tell({ switches, faults, steps }: Story): Told {
  const world = new World({ switches, anyWindow: true });
  const open = new Map<string, number>();
  const configured = new Map<string, number>();
  let openAtOnce = 0;
  world.cloud.vpc.observers.push(({ kind, id, tunnelId }) => {
    if (kind === 'window-opened') open.set(id, (open.get(id) ?? 0) + 1);
    if (kind === 'window-closed') open.set(id, (open.get(id) ?? 0) - 1);
    openAtOnce = Math.max(openAtOnce, open.get(id) ?? 0);
    if (kind !== 'configured' || tunnelId === null) return;
    const use = `${tunnelId} ${world.key(tunnelId)}`;
    configured.set(use, (configured.get(use) ?? 0) + 1);
  });
  world.cloud.faults.set(faults);
  for (const step of steps) take(world, step);
  world.pass(MINUTE_MS);
  const journal = world.cloud.journal.read();
  return { journal: JSON.stringify(journal), entries: journal.entries, openAtOnce, configured };
}

function take(world: World, step: Step): void {
  switch (step.kind) {
    case 'write':
      world.rekey(step.tunnel, keyOf(step.token), { ClientToken: `token-${step.token}` });
      return;
    case 'read':
      world.call('DescribeVpnConnections', {});
      return;
    case 'burst':
      for (let made = 0; made < step.calls; made += 1) world.call('ModifyTunnelAttribute', {});
      return;
    case 'pass':
      world.pass(step.ms);
  }
}

describe('whatever is called', () => {
  test('a gateway is never in two windows', () => {
    fc.assert(
      fc.property(stories, (story) => {
        expect(tell(story).openAtOnce).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('a token that is remembered never does its work twice', () => {
    fc.assert(
      fc.property(stories, (story) => {
        // A day is longer than any of these stories; a lost write that lands late counts as well.
        const remembering = { ...story.switches, tokenRetention: 'day' } as const;
        const { configured } = tell({ ...story, switches: remembering });
        expect(Math.max(0, ...configured.values())).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('no minute has more writes than the documented rate lets in', () => {
    fc.assert(
      fc.property(busyStories, (story) => {
        const times = tell(story)
          .entries.filter(({ action }) => action === 'ModifyTunnelAttribute')
          .filter(({ code }) => code !== 'Throttling.User')
          .map(({ time }) => time);
        for (const [index, time] of times.entries()) {
          const oneTooMany = times[index + WRITES_A_MINUTE] ?? Number.POSITIVE_INFINITY;
          expect(oneTooMany - time).toBeGreaterThanOrEqual(MINUTE_MS);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('the same seed and the same calls give the same journal, byte for byte', () => {
    fc.assert(
      fc.property(stories, (story) => {
        expect(tell(story).journal).toBe(tell(story).journal);
      }),
    );
  });
});
