/** Answers about gateways and tunnels that are older than the ones before them, by less than is assumed. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { seconds } from '../../functions/core/units.ts';
import type { Outcome } from '../../functions/core/failure.ts';
import type { VpnApi } from '../../functions/ports/vpn-api.ts';
import type { Run } from '../../functions/run/context.ts';
import { rotate } from '../../functions/run/rotate.ts';
import { EngineWorld, verdicts } from './engine-world.ts';
import type { RunSpec } from './engine-world.ts';

const OLDEST = seconds(14);

/** Gives, to each question, the present answer or one that was given to it before, as `draw` says. */
function withOldAnswers(run: Run, draw: (choices: number) => number): Run {
  const { vpn, clock } = run.ports;
  const given = new Map<string, { readonly at: number; readonly answer: unknown }[]>();
  const remembering =
    <Q, T>(action: string, read: (query: Q) => Promise<Outcome<T>>) =>
    async (query: Q): Promise<Outcome<T>> => {
      const question = `${action} ${JSON.stringify(query)}`;
      const now = clock.now();
      const answer = await read(query);
      const young = [...(given.get(question) ?? []), { at: now, answer }].filter(
        ({ at }) => now - at <= OLDEST,
      );
      given.set(question, young);
      return (young[draw(young.length)]?.answer ?? answer) as Outcome<T>;
    };
  const old: VpnApi = {
    ...vpn,
    listVpnGateways: remembering('gateways', (query) => vpn.listVpnGateways(query)),
    listVpnConnections: remembering('connections', (query) => vpn.listVpnConnections(query)),
  };
  return { ...run, ports: { ...run.ports, vpn: old } };
}

test.each(['plain', 'masked'] as const)(
  'old answers cost time, but no path and no second write; keys are %s',
  async (keyOnRead) => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
        const world = new EngineWorld(
          ['a', 'b'].map((name) => ({ name, gateway: `vpn-${name}` })),
          { keyOnRead },
        );
        const cut: string[] = [];
        world.cloud.watchers.push(({ action, query }, result) => {
          if (action !== 'ModifyTunnelAttribute' || result !== null) return;
          const connection = world.cloud.vpc.connections.get(query['VpnConnectionId'] ?? '');
          const others = (connection?.tunnels ?? []).filter(
            ({ tunnelId }) => tunnelId !== query['TunnelId'],
          );
          const up = others.every(
            ({ session, config }) =>
              session.status === 'ipsec_sa_established' && session.loaded === config,
          );
          if (!up) cut.push(query['TunnelId'] ?? '');
        });
        const draw = (choices: number): number => (numbers.next().value ?? 0) % choices;
        const begin: RunSpec['begin'] = (run, request, engine) =>
          rotate(withOldAnswers(run, draw), request, engine);
        const report = await world.run({ begin });
        expect(cut).toEqual([]);
        expect(verdicts(report)).toEqual({ a: 'converged rotated', b: 'converged rotated' });
        const writes = world.calls.filter(({ action }) => action === 'ModifyTunnelAttribute');
        expect(writes.length).toBe(4);
      }),
      { numRuns: 60 },
    );
  },
);
