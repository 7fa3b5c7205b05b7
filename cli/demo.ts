/** `npm start`: one nightly run of the built function against the local cloud and its sample fleet. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Report } from '../functions/core/report.ts';
import { readLine } from '../functions/report/log-line.ts';
import { reportTable } from '../functions/report/report-table.ts';
import { SAMPLE_EXCEPTIONS } from '../local/sample-fleet.ts';
import { assumeRole } from './demo-role.ts';
import type { InvocationInput } from './function-host.ts';
import { startLocalProcess } from './local-process.ts';
import type { LocalAddresses } from './local-process.ts';
import { print, printJson, progressOn, silentProgress, styleOf } from './output.ts';
import type { Progress } from './output.ts';

const REGION = 'cn-hangzhou';
const LEASE_SECRET = 'keyturn/lease';
const SECRET_PREFIX = 'vpn/';
const FUNCTION = 'keyturn-rotate';
/** As `s.yaml` sets it. */
const TIMEOUT_SECONDS = 600;

async function demo(json: boolean, stop: AbortSignal): Promise<number> {
  const local = await startLocalProcess(stop);
  const progress = json ? silentProgress : progressOn(process.stderr);
  const report = await runFunction(local, await invocation(local), { progress, stop });
  progress.close();
  if (report === null) {
    process.stderr.write('The function ended without a report.\n');
    return 2;
  }
  const surprises = surprisesIn(report);
  if (json) printJson(report);
  else
    print(
      [reportTable(report, styleOf(process.stdout, process.env)), '', ...ending(surprises)].join(
        '\n',
      ),
    );
  return surprises.length === 0 ? 0 : 2;
}

async function invocation(local: LocalAddresses): Promise<InvocationInput> {
  const credentials = await assumeRole(local.control, {
    region: REGION,
    accountId: local.accountId,
    secretPrefix: SECRET_PREFIX,
    leaseSecret: LEASE_SECRET,
    failureQueue: 'keyturn-failures',
    logProject: 'keyturn',
    logStore: 'runs',
  });
  const triggerTime = new Date().toISOString();
  return {
    event: JSON.stringify({ triggerTime, triggerName: 'nightly', payload: '' }),
    context: {
      requestId: randomUUID(),
      credentials,
      region: REGION,
      accountId: local.accountId,
      function: { name: FUNCTION, timeout: TIMEOUT_SECONDS },
    },
  };
}

/** Calls the built function in a process of its own, and gives the report it logged. */
async function runFunction(
  local: LocalAddresses,
  input: InvocationInput,
  parts: { readonly progress: Progress; readonly stop: AbortSignal },
): Promise<Report | null> {
  const host = fileURLToPath(new URL('function-host.mjs', import.meta.url));
  const child = spawn(process.execPath, [host], {
    stdio: ['pipe', 'pipe', 'inherit'],
    signal: parts.stop,
    // Nothing of this terminal's own environment: the function gets what Function Compute would give it.
    env: {
      KEYTURN_SECRETS: `${SECRET_PREFIX}*`,
      KEYTURN_LEASE_SECRET: LEASE_SECRET,
      KEYTURN_REGION: REGION,
      // The local cloud shows statuses as they are.
      KEYTURN_STATUS_LAG_MS: '500',
      KEYTURN_VPC_ENDPOINT: local.vpc,
      KEYTURN_KMS_ENDPOINT: local.kms,
    },
  });
  child.on('error', () => undefined);
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.stdin.end(JSON.stringify(input));
  let report: Report | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    const event = readLine(line);
    if (event?.kind === 'report') report = event.report;
    else if (event !== null) parts.progress.event(event);
  }
  await closed;
  return report;
}

/** Groups that did not end as the sample fleet means them to. */
function surprisesIn(report: Report): readonly string[] {
  return report.groups
    .filter(
      ({ verdict, reason, customerGatewayId }) =>
        verdict !== 'converged' && SAMPLE_EXCEPTIONS[customerGatewayId] !== reason.code,
    )
    .map(({ customerGatewayId }) => customerGatewayId);
}

function ending(surprises: readonly string[]): readonly string[] {
  if (surprises.length > 0) return [`Not as the sample means it: ${surprises.join(', ')}.`];
  const meant = Object.entries(SAMPLE_EXCEPTIONS).map(([name, code]) => `${name} (${code})`);
  return [
    `As the sample means it: all converged but ${meant.join(', ')}.`,
    'To try the commands yourself, keep a local cloud running with `npm run local`.',
  ];
}

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
try {
  process.exitCode = await demo(values.json, stop.signal);
} finally {
  stop.abort();
}
