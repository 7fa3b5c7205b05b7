import type { GroupPlan } from './group-plan.ts';

export type Selection =
  | { readonly kind: 'secrets'; readonly names: readonly string[] }
  /** The position of the first term that nothing is called. */
  | { readonly kind: 'unmatched'; readonly at: number };

/**
 * The secrets to work on so that what the terms name is worked on: a term is the name of a secret, or the
 * id of a group, VPN gateway, customer gateway or connection. A document is applied as a whole, and every
 * document of a group counts, so what shares a group with something chosen is chosen too.
 */
export function secretsOnly(
  terms: readonly string[],
  known: { readonly secrets: readonly string[]; readonly plans: readonly GroupPlan[] },
): Selection {
  const chosen = new Set<string>();
  for (const [at, term] of terms.entries()) {
    const named = known.secrets.filter((name) => name === term);
    const grouped = known.plans.filter((plan) => calls(plan, term));
    const found = [...named, ...grouped.flatMap(secretsOf)];
    if (found.length === 0) return { kind: 'unmatched', at };
    for (const name of found) chosen.add(name);
  }
  for (let before = 0; before !== chosen.size;) {
    before = chosen.size;
    for (const names of known.plans.map(secretsOf)) {
      if (names.some((name) => chosen.has(name))) for (const name of names) chosen.add(name);
    }
  }
  return { kind: 'secrets', names: [...chosen].sort() };
}

const secretsOf = (plan: GroupPlan): readonly string[] => plan.secrets.map(({ name }) => name);

function calls({ group }: GroupPlan, term: string): boolean {
  const { id, vpnGatewayId, customerGatewayId, members } = group;
  return (
    [id, vpnGatewayId, customerGatewayId].includes(term) ||
    members.some(({ connection }) => connection.vpnConnectionId === term)
  );
}
