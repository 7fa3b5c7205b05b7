import * as secretAnswers from '../../functions/alicloud/secret-answers.ts';
import { createSecretStore } from '../../functions/alicloud/secret-store.ts';
import { createVpnApi } from '../../functions/alicloud/vpn-api.ts';
import { parseDocument } from '../../functions/core/parse-document.ts';
import { RUN_DEFAULTS, hex } from '../../functions/run/context.ts';
import type { Run } from '../../functions/run/context.ts';
import { rotate } from '../../functions/run/rotate.ts';
import { workOff } from '../../functions/run/work.ts';
import { Prng } from '../../local/prng.ts';
import { clockOf, randomOf } from '../../test/simulation/ports.ts';
import { Life } from '../../test/simulation/transport.ts';
import { KMS_REGION, LEASE_SECRET } from '../estate.ts';
import type { Contestant } from '../race.ts';

const REQUEST = {
  secrets: ['vpn/*'],
  trigger: 'bench',
  requestReason: null,
  leaseSecret: LEASE_SECRET,
  task: null,
  successor: null,
  countedCalls: () => ({}),
};

/** The engine as the function runs it: every document in one run, under the lease. */
export const keyturn: Contestant = {
  async run({ clock, transport, estate }) {
    const random = randomOf(new Prng(estate.shape.seed).fork('keyturn'));
    const run: Run = {
      ports: {
        clock: clockOf(clock, new Life(0)),
        random,
        log: { event: () => undefined },
        vpn: createVpnApi(transport, { tunnelOptionsInBody: false }),
        secrets: createSecretStore(transport, KMS_REGION, () => secretAnswers),
        invoker: null,
      },
      options: RUN_DEFAULTS,
      runId: 'bench',
      nonce: hex(random.bytes(16)),
      parseDocument,
      lease: null,
    };
    const report = await rotate(run, REQUEST, async () => ({ workOff }));
    return { failed: report.groups.filter(({ verdict }) => verdict !== 'converged').length };
  },
};
