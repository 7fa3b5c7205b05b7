/** Every action of the deployed functions' roles is needed: taken out one by one, something is missing. */
import { describe, expect, test } from 'vitest';
import type { FleetFile } from '../../local/fleet-file.ts';
import type { LocalCloud } from '../../local/server.ts';
import { smallFleet } from '../e2e/small-fleet.ts';
import { deploy, lastAnswer, lastReport } from './deploy.ts';
import type { Deployment } from './deploy.ts';
import { readText } from './template.ts';
import type { Element, Variables } from './template.ts';

/** Functions whose timers start everything, by the role they have. */
const FUNCTIONS = {
  'keyturn-rotate': { file: 's.yaml', triggerName: 'nightly' },
  'keyturn-dispatch': { file: 's.large.yaml', triggerName: 'nightly' },
  'keyturn-audit': { file: 's.yaml', triggerName: 'weekly' },
} as const;
type Role = keyof typeof FUNCTIONS;
const ROLES = Object.keys(FUNCTIONS) as Role[];

const MESSAGE = 'mns:SendMessage';
const LOG = 'log:PostLogStoreLogs';
const HAND_ON = 'fc:InvokeFunction';
const LIST = 'fc:ListAsyncTasks';
const RESULT = 'fc:GetAsyncTask';

function actionsOf(role: Role): readonly string[] {
  const { Statement } = JSON.parse(readText(`policies/${role}.policy.json`)) as {
    Statement: readonly { Action: readonly string[] }[];
  };
  return Statement.flatMap(({ Action }) => Action);
}

/** A night without one action of one role. */
async function nightWithout(
  role: Role,
  action: string | null,
  more: Partial<Deployment> = {},
): Promise<LocalCloud> {
  const { file, triggerName } = FUNCTIONS[role];
  const without = action === null ? {} : { without: { role, action } };
  const local = await deploy({ file, ...without, ...more });
  local.cloud.functions.fireTimer({ functionName: role, triggerName });
  await local.cloud.functions.idle();
  return local;
}

describe.each(ROLES)('%s', (role) => {
  test.each([
    { action: null, logStored: true },
    { action: LOG, logStored: false },
  ])('without $action: its log is stored: $logStored', async ({ action, logStored }) => {
    const local = await nightWithout(role, action);
    const mine = local.cloud.functions
      .invocations()
      .filter(({ functionName }) => functionName === role);
    expect(mine.length).toBeGreaterThan(0);
    expect(new Set(mine.map((invocation) => invocation.logStored))).toEqual(new Set([logStored]));
  });

  test.each([
    { action: null, delivered: true },
    { action: MESSAGE, delivered: false },
  ])('without $action: its failure arrives: $delivered', async ({ action, delivered }) => {
    const local = await nightWithout(role, action, { change: broken });
    expect(local.cloud.functions.deliveries()).toMatchObject([{ delivered }]);
  });
});

/** A function that fails whatever it finds. */
const broken = (props: Element): Element => ({
  ...props,
  environmentVariables: {
    ...(props['environmentVariables'] as Variables),
    KEYTURN_REQUEST_TIMEOUT_MS: 'none',
  },
});

const others = (role: Role, ...tested: readonly string[]): readonly string[] =>
  actionsOf(role).filter((action) => ![MESSAGE, LOG, ...tested].includes(action));

test.each(others('keyturn-audit'))('the audit without %s says so', async (action) => {
  const local = await nightWithout('keyturn-audit', action);
  const answer = JSON.stringify(lastAnswer(local, 'keyturn-audit'));
  expect(answer).toContain('permission-denied');
  expect(answer).toContain(action.slice(4));
});

test.each(others('keyturn-dispatch', LIST, RESULT))(
  'the dispatcher without %s says so',
  async (action) => {
    const local = await nightWithout('keyturn-dispatch', action);
    const answer = JSON.stringify(lastAnswer(local, 'keyturn-dispatch'));
    expect(answer).toContain(action.slice(action.indexOf(':') + 1));
  },
);

test(`the dispatcher without ${LIST} waits for nothing`, async () => {
  const local = await nightWithout('keyturn-dispatch', LIST);
  const answer = JSON.stringify(lastAnswer(local, 'keyturn-dispatch'));
  expect(answer).toContain('permission-denied');
  expect(answer).toContain('ListAsyncTasks');
});

test(`the dispatcher without ${RESULT} sees where the fleet stands, not how it came there`, async () => {
  const local = await nightWithout('keyturn-dispatch', RESULT);
  const report = lastReport(local, 'keyturn-dispatch');
  expect(report.groups.map(({ verdict }) => verdict)).toEqual(['converged', 'converged']);
  expect(report.steps).toEqual([]);
  expect(report.warnings.map(({ code }) => code)).toContain('shard-unread');
  expect(JSON.stringify(report.warnings)).toContain('GetAsyncTask');
});

/** One group is quickly done; from then on a gateway does not leave configuration within a function's time. */
function stuckFleet(): FleetFile {
  const faults = [{ kind: 'stuck-updating', action: 'ModifyTunnelAttribute', nth: 3 }] as const;
  return { ...smallFleet(), faults };
}

test.each([
  { action: null, said: ['handed-on'] },
  { action: HAND_ON, said: ['not-continued', 'InvokeFunction'] },
])('a run without $action whose time is over says: $said', async ({ action, said }) => {
  const fleet = stuckFleet();
  const change = (props: Element): Element => ({ ...props, timeout: 30 });
  const local = await nightWithout('keyturn-rotate', action, { fleet, change });
  const logs = local.cloud.functions.invocations()[0]?.logs;
  for (const word of said) expect(logs).toContain(word);
});
