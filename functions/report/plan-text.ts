import { waitsForTime } from '../core/group-plan.ts';
import type { Interruption } from '../core/steps.ts';
import { seconds } from '../core/units.ts';
import type { ExpectedSeconds, PlanData, PlannedGroup, PlannedStep } from './plan-data.ts';
import { reasonText } from './reason-text.ts';
import { column, columns, fitted, paint, printable, shorten, wrap } from './terminal-text.ts';
import type { Style } from './terminal-text.ts';
import { counted, lengthText } from './time-text.ts';
import { GLYPH } from './verdict-glyph.ts';

const INTERRUPTS: Readonly<Record<Interruption, string>> = {
  nothing: 'cuts nothing',
  'switch-over': 'switches over',
  'share-of-flows': 'moves flows',
  'only-path': 'CUTS ONLY PATH',
};

/** What a run would do, group by group and in its order, for somebody who has to approve it. */
export function planText(plan: PlanData, style: Style): string {
  const working = plan.groups.filter(works);
  return [
    ...plan.groups.flatMap((group) => groupText(group, working.indexOf(group), style)),
    ...(plan.groups.length > 0 && plan.groups.slice(-1).every(works) ? [] : ['']),
    ...reasonText(
      [
        ...plan.groups
          .filter(({ verdict }) => verdict !== 'ready' && verdict !== 'converged')
          .map(({ reason, customerGatewayId }) => ({ reason, place: customerGatewayId })),
        ...plan.unusable.map(({ name, reason }) => ({ reason, place: name })),
      ],
      style,
    ),
    ...summary(plan, working, style),
  ].join('\n');
}

/** A restore is taken up first, whatever the verdict that led to it. */
function works(group: PlannedGroup): boolean {
  return group.verdict === 'ready' || group.direction === 'restore' || waitsForTime(group);
}

function groupText(group: PlannedGroup, at: number, style: Style): readonly string[] {
  const [glyph, colour] = GLYPH[group.verdict];
  const figures = works(group)
    ? `${counted(group.steps.length, 'step')}, ${span(group)}`
    : group.verdict;
  const right = paint(figures, works(group) ? 'dim' : colour, style);
  const nameWidth = Math.max(16, style.width - 3 - columns(figures));
  const heading = `${paint(glyph, colour, style)} ${column(group.id, nameWidth)} ${right}`;
  if (!works(group)) return [heading];
  return [
    heading,
    ...notes(group, at).flatMap((note) => wrap(note, style.width, '  ')),
    ...sharedChanges(group, style),
    ...stepLines(group, style),
    '',
  ];
}

function notes(group: PlannedGroup, at: number): readonly string[] {
  const settings = group.steps.some((step) => step.changes.some(({ field }) => field !== 'key'));
  return [
    ...(group.direction === 'restore' && group.verdict !== 'ready'
      ? ['An earlier run failed here: it is put back first.']
      : []),
    ...(at === 0 && group.direction === 'apply'
      ? ['Goes first and alone; if it fails, no other is touched.']
      : []),
    ...(waitsForTime(group) ? [`Not yet: ${group.reason.detail}`] : []),
    ...(settings ? ['Settings change: the far end must change them too.'] : []),
  ];
}

const textOf = ({ changes }: PlannedStep): readonly string[] => {
  const width = Math.max(0, ...changes.map(({ field }) => field.length));
  return changes.map(({ field, from, to }) => `${field.padEnd(width)}  ${from} → ${to}`);
};

/** Whether every step changes the same, so that it can be said once. */
function alike({ steps }: PlannedGroup): boolean {
  return new Set(steps.map((step) => JSON.stringify(step.changes))).size === 1;
}

function sharedChanges(group: PlannedGroup, style: Style): readonly string[] {
  const [first] = group.steps;
  if (first === undefined || !alike(group)) return [];
  return textOf(first).flatMap((text) => fitted(text, style.width, '  '));
}

const ROLE_WIDTH = 6;

function stepLines(group: PlannedGroup, style: Style): readonly string[] {
  const names = group.steps.map(({ vpnConnectionId, tunnelId }) =>
    printable([vpnConnectionId, tunnelId].filter((part) => part !== null).join('/')),
  );
  const longest = Math.max(0, ...names.map(columns));
  const lead = 2 + String(group.steps.length).length + 1 + ROLE_WIDTH + 2;
  // Ids are never cut where somebody has to approve them: what does not fit stands below.
  const beside =
    lead + longest + 2 + Math.max(...Object.values(INTERRUPTS).map(columns)) <= style.width;
  return group.steps.flatMap((step, index) => {
    const number = String(index + 1).padStart(String(group.steps.length).length);
    const does = step.verifyOnly ? 'only proven' : INTERRUPTS[step.interrupts];
    const effect = paint(does, step.interrupts === 'only-path' ? 'red' : 'dim', style);
    const name = names[index] ?? '';
    const start = `  ${number} ${step.role.padEnd(ROLE_WIDTH)}  `;
    const changes = alike(group) ? [] : textOf(step);
    return [
      beside ? `${start}${column(name, longest)}  ${effect}` : shorten(start + name, style.width),
      ...(beside ? [] : [`${' '.repeat(lead)}${effect}`]),
      ...changes.flatMap((text) => fitted(text, style.width, ' '.repeat(lead))),
    ];
  });
}

function span({ expectedSeconds }: { readonly expectedSeconds: ExpectedSeconds }): string {
  const { least, most } = expectedSeconds;
  return `${lengthText(seconds(least))} to ${lengthText(seconds(most))}`;
}

function summary(
  plan: PlanData,
  working: readonly PlannedGroup[],
  style: Style,
): readonly string[] {
  const steps = working.flatMap((group) => group.steps);
  if (steps.length === 0) return ['Nothing would be changed.'];
  const effects = (['switch-over', 'share-of-flows', 'only-path'] as const).flatMap((kind) => {
    const of = working.filter((group) => group.steps.some((step) => step.interrupts === kind));
    if (of.length === 0) return [];
    const count = steps.filter((step) => step.interrupts === kind).length;
    const where =
      kind === 'only-path' ? `: ${of.map((group) => group.customerGatewayId).join(', ')}` : '';
    return [`${counted(count, 'step')} ${VERBS[kind][count === 1 ? 0 : 1]}${where}.`];
  });
  return [
    ...wrap(
      `${counted(working.length, 'group')}, ${counted(steps.length, 'step')}, about ${span(plan)}. ` +
        'How long a gateway takes for a change is a guess.',
      style.width,
      '',
    ),
    ...effects.flatMap((text) => wrap(text, style.width, '')),
    'Nothing was written.',
  ];
}

const VERBS = {
  'switch-over': ['switches traffic to the other tunnel', 'switch traffic to the other tunnel'],
  'share-of-flows': ['moves a share of the flows', 'move a share of the flows'],
  'only-path': ['CUTS THE ONLY PATH', 'CUT THE ONLY PATH'],
} as const;
