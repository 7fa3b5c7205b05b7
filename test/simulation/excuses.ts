import type { CodeName } from '../../functions/core/codes.ts';
import { mayInterrupt } from './scenario.ts';
import type { Site } from './scenario.ts';
import type { World } from './world.ts';

/**
 * The reasons with which a group of a healed world may stay as it is, each with what makes it so. Each
 * names something that only a person can decide; anything else has to converge by itself.
 */
export function excusesOf(world: World, site: Site): ReadonlySet<CodeName> {
  const own = ownExcuses(world, site);
  // A document is applied as a whole, and a run goes on only after a first group that went well.
  const beside = world.scenario.sites.filter(
    (other) => other !== site && other.secrets.some((name) => site.secrets.includes(name)),
  );
  if (beside.some((other) => ownExcuses(world, other).size > 0)) own.add('document-blocked');
  if (isUnprovable(world)) own.add('canary-failed');
  return own;
}

function ownExcuses(world: World, site: Site): Set<CodeName> {
  const { options, scenario } = world;
  const { keyOnRead, sameGatewayRule, sameGatewayFields, sharedGatewayIp } = options.switches;
  const refusing = sameGatewayRule === 'reject' && site.connections.length > 1;
  const replaced = options.groupStrategy === 'replace-customer-gateway';
  const blind = keyOnRead !== 'plain';
  const interrupts = mayInterrupt(options, scenario.sites, site);
  const next = site.secrets.some((name) => world.holder(name, 'KeyturnNext') !== null);
  const unprovable = isUnprovable(world);
  const overdue = site.secrets.some((name) => isOverdue(world, name));
  const excuses: Partial<Record<CodeName, boolean>> = {
    // The only path may not be cut.
    'no-second-path': site.kind === 'single' && !interrupts,
    // Keys are not shown, and no version tells the live one.
    'not-restorable': blind,
    // Keys are not shown, and one call carries both tunnels.
    'partner-unreadable': blind && site.kind === 'attachment' && !interrupts,
    // The service refuses every order in which two connections could be changed.
    // A way back that is rehearsed with a believed key is refused where the live one is another.
    'same-gateway-rule': refusing && (!replaced || sameGatewayFields === 'nine' || blind),
    // Nor may two customer gateways have one address.
    'replacement-failed': refusing && replaced && sharedGatewayIp === 'refused',
    'stepwise-unreadable': blind && options.handover === 'stepwise',
    // Nobody asks for a change, and whether one is needed cannot be seen.
    'keys-unreadable': blind && !next,
    // A stepwise rotation whose time is over goes back, and wants another version.
    'stepwise-overdue': overdue,
    // Keys are not shown, and what is to go back cannot be told.
    'restore-unreadable': blind,
    held: unprovable || overdue,
    restored: unprovable || overdue,
    'held-for-person': unprovable,
  };
  const codes = Object.keys(excuses) as CodeName[];
  return new Set(codes.filter((code) => excuses[code] === true));
}

function isOverdue(world: World, secret: string): boolean {
  const { handover, followWithinHours } = world.options;
  const next = world.holder(secret, 'KeyturnNext');
  if (handover !== 'stepwise' || next === null) return false;
  return world.clock.now() - next.createdAt > followWithinHours * 3_600_000;
}

/**
 * An SA that outlives the change proves nothing before it reauthenticates, a day later; and where keys do
 * not read back, a write that changes nothing is repeated, and nothing negotiates after it.
 */
function isUnprovable({ options }: World): boolean {
  const { keyOnRead, oldSa } = options.switches;
  return options.proof === 'proven' && (oldSa === 'survives' || keyOnRead !== 'plain');
}
