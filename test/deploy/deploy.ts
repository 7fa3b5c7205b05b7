/** Brings a deployment file to life in a local cloud: its roles as policies/ has them, queue, functions, triggers. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Report } from '../../functions/core/report.ts';
import type { FleetFile } from '../../local/fleet-file.ts';
import { startLocalCloud } from '../../local/server.ts';
import type { LocalCloud } from '../../local/server.ts';
import { LEASE, smallFleet } from '../e2e/small-fleet.ts';
import { ACCOUNT, filled, placeholdersOf, readTemplate } from './template.ts';
import type { Element, Variables } from './template.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The small fleet's documents are called so. */
const ENVIRONMENT: Variables = { KEYTURN_SECRET_PREFIX: 'vpn/', KEYTURN_LEASE_SECRET: LEASE };

interface Role {
  readonly name: string;
  readonly trust: unknown;
  readonly policy: { readonly Statement: readonly { readonly Action: readonly string[] }[] };
}

export interface Deployment {
  readonly file: string;
  readonly fleet?: FleetFile;
  readonly environment?: Variables;
  /** One action of one role's policy left out. */
  readonly without?: { readonly role: string; readonly action: string };
  /** What the owner changes in a function's props before the deployment. */
  readonly change?: (props: Element) => Element;
}

/** A local cloud with everything that the file names; it ends with the test. */
export async function deploy(deployment: Deployment): Promise<LocalCloud> {
  const file = readTemplate(deployment.file, { ...ENVIRONMENT, ...deployment.environment });
  const vars = file['vars'] as Variables;
  const resources = Object.values(file['resources'] as Readonly<Record<string, Element>>);
  const { change = (props: Element) => props } = deployment;
  const local = await startLocalCloud({
    folder: ROOT,
    fleet: {
      ...(deployment.fleet ?? smallFleet()),
      accountId: ACCOUNT,
      roles: rolesOf(vars).map((role) => lessened(role, deployment.without)),
      queues: [vars['failureQueue'] ?? ''],
      functions: resources
        .map((resource) => resource['props'] as Element)
        .map((props) => ('function' in props ? inWordsOf3(props) : props))
        .map(change)
        .map(reachable),
    },
  });
  onTestFinished(() => local.close());
  return local;
}

/** Every role of policies/: those with a trust policy. */
function rolesOf(vars: Variables): readonly Role[] {
  const placeholders = placeholdersOf(vars);
  return readdirSync(new URL('../../policies/', import.meta.url))
    .flatMap((file) => /^(.*)\.trust\.json$/.exec(file)?.[1] ?? [])
    .map((name) => ({
      name,
      trust: filled(`${name}.trust.json`, placeholders),
      policy: filled(`${name}.policy.json`, placeholders) as Role['policy'],
    }));
}

function lessened(role: Role, without: Deployment['without']): Role {
  if (role.name !== without?.role) return role;
  const Statement = role.policy.Statement.map((statement) => ({
    ...statement,
    Action: statement.Action.filter((action) => action !== without.action),
  })).filter(({ Action }) => Action.length > 0);
  return { ...role, policy: { ...role.policy, Statement } };
}

/** A function of a 2.0 service as 3.0 shows it: `service$function`. Mapping: the vendor's own converter, s2tos3. */
function inWordsOf3(props: Element): Element {
  const service = props['service'] as Element;
  const { name, codeUri, asyncConfiguration, ...rest } = props['function'] as Element;
  const { statefulInvocation, destination, ...queue } = asyncConfiguration as Element;
  const { onFailure } = destination as Element;
  return {
    ...rest,
    functionName: `${String(service['name'])}$${String(name)}`,
    code: codeUri,
    role: service['role'],
    asyncInvokeConfig: {
      ...queue,
      asyncTask: statefulInvocation,
      destinationConfig: { onFailure: { destination: onFailure } },
    },
    triggers: (props['triggers'] as readonly Element[]).map((trigger) => ({
      triggerName: trigger['name'],
      triggerType: trigger['type'],
      qualifier: trigger['qualifier'],
      triggerConfig: trigger['config'],
    })),
  };
}

/** What only a local cloud needs: its addresses, and that it shows statuses as they are. */
function reachable(props: Element): Element {
  const environmentVariables = {
    ...(props['environmentVariables'] as Variables),
    KEYTURN_VPC_ENDPOINT: '${vpc}',
    KEYTURN_KMS_ENDPOINT: '${kms}',
    KEYTURN_FC_ENDPOINT: '${fc}',
    KEYTURN_STATUS_LAG_MS: '300',
  };
  return { ...props, environmentVariables };
}

/** What a function answered in its last invocation, or the JSON of its error. */
export function lastAnswer(local: LocalCloud, functionName: string): unknown {
  const mine = local.cloud.functions
    .invocations()
    .filter((invocation) => invocation.functionName === functionName);
  return JSON.parse(mine.at(-1)?.payload ?? 'null');
}

export const lastReport = (local: LocalCloud, functionName: string): Report =>
  lastAnswer(local, functionName) as Report;

/** The small fleet before anybody has stored a next version. */
export function quietFleet(): FleetFile {
  const fleet = smallFleet();
  const secrets = fleet.secrets.map((secret) => ({
    ...secret,
    versions: secret.versions.filter(({ labels }) => !labels.includes('KeyturnNext')),
  }));
  return { ...fleet, secrets };
}
