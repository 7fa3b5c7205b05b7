import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planData } from '../../functions/report/plan-data.ts';
import { planText } from '../../functions/report/plan-text.ts';
import { statusData } from '../../functions/report/status-data.ts';
import { statusText } from '../../functions/report/status-text.ts';
import { NEW, OLD, OTHER, fleets, rotationsFor } from '../core/builders.ts';
import { NOW, prepared } from './prepared.ts';

const KEYS = [OLD, NEW, OTHER].map((key) => key.expose());

test('no key is in anything that is shown of a plan, whatever the fleet and the document', () => {
  const worlds = fleets({ masked: true }).chain((world) =>
    rotationsFor(world).map((document) => ({ world, document })),
  );
  fc.assert(
    fc.property(worlds, fc.integer({ min: 40, max: 200 }), (given, width) => {
      const read = prepared(given);
      const plan = planData(read);
      const status = statusData(read, NOW);
      const style = { colour: true, width };
      const shown = [
        planText(plan, style),
        statusText(status, style),
        JSON.stringify([read, plan, status]),
        inspect([read, plan, status], { depth: null, showHidden: true }),
      ].join('\n');
      for (const key of KEYS) expect(shown).not.toContain(key);
    }),
  );
});
