import { readFileSync } from 'node:fs';

export interface RoleSession {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
}

const ROLE = 'keyturn-rotate';

/** Defines the role as `policies/` has it in a local cloud, and takes a session of it. */
export async function assumeRole(
  control: string,
  placeholders: Readonly<Record<string, string>>,
): Promise<RoleSession> {
  const trust = readPolicy(`${ROLE}.trust.json`, placeholders);
  const policy = readPolicy(`${ROLE}.policy.json`, placeholders);
  await post(control, '/roles', { name: ROLE, trust, policy });
  return (await post(control, '/credentials', { role: ROLE })) as RoleSession;
}

/** Throws on a placeholder that nobody filled, which would only show as a denied call. */
function readPolicy(file: string, placeholders: Readonly<Record<string, string>>): unknown {
  const text = readFileSync(new URL(`../../policies/${file}`, import.meta.url), 'utf8');
  const filled = text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = placeholders[name];
    if (value === undefined) throw new Error(`${file} has a placeholder without a value: ${name}`);
    return value;
  });
  return JSON.parse(filled);
}

async function post(control: string, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${control}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`the local cloud's ${path} answered ${response.status}`);
  return response.json();
}
