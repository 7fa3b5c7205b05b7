import { expect, test } from 'vitest';
import { EngineWorld, keyOf } from './engine-world.ts';

test('what turns out to be in place is up or not; it need not negotiate again', async () => {
  const world = new EngineWorld([
    { name: 'a', document: { proof: { require: 'proven', timeoutSeconds: 20 } } },
  ]);
  // Between this run's look and its first write, another one has brought both tunnels to the same.
  const report = await world.run({
    onEvent: ({ kind }) => {
      if (kind !== 'group-planned') return;
      for (const tunnel of world.tunnels('a')) {
        const ike = { ...tunnel.config.ike, Psk: keyOf('a', 'new') };
        tunnel.config = { ...tunnel.config, ike };
        tunnel.session.loaded = tunnel.config;
      }
    },
  });
  expect(report?.groups.map(({ verdict }) => verdict)).toEqual(['converged']);
  expect(world.calls.filter(({ action }) => action.startsWith('Modify'))).toEqual([]);
  expect(world.keys('a')).toEqual([keyOf('a', 'new'), keyOf('a', 'new')]);
});
