import { CODES } from '../core/codes.ts';
import type { Interruption } from '../core/steps.ts';
import type { PlanData, PlannedGroup, PlannedStep } from './plan-data.ts';
import { paint, printable, shorten, wrap } from './terminal-text.ts';
import type { Colour, Style } from './terminal-text.ts';

const COLOURS: Readonly<Record<PlannedGroup['verdict'], Colour>> = {
  ready: 'cyan',
  converged: 'green',
  unknown: 'yellow',
  waiting: 'yellow',
  blocked: 'red',
};

const INTERRUPTS: Readonly<Record<Interruption, string>> = {
  nothing: 'interrupts nothing',
  'switch-over': 'traffic switches over to the other tunnel',
  'share-of-flows': 'a share of the flows moves to the other tunnel',
  'only-path': 'INTERRUPTS THE ONLY PATH',
};

/** What a run would do, group by group and in its order, for somebody who has to approve it. */
export function planText(plan: PlanData, style: Style): string {
  const steps = plan.groups
    .filter((group) => group.verdict === 'ready' || group.direction === 'restore')
    .reduce((sum, group) => sum + group.steps.length, 0);
  return [
    ...plan.groups.flatMap((group) => [...groupText(group, style), '']),
    ...plan.unusable.flatMap(({ name, reason }) => [
      paint(shorten(printable(`secret ${name}: ${reason.code}`), style.width), 'red', style),
      ...why(reason, style),
      '',
    ]),
    `${steps} steps are ready. Nothing was written.`,
  ].join('\n');
}

function groupText(group: PlannedGroup, style: Style): readonly string[] {
  const heading = shorten(printable(`${group.verdict} ${group.id}`), style.width);
  const coloured = paint(heading, COLOURS[group.verdict], style);
  if (group.verdict === 'converged') return [coloured];
  const steps = group.steps.flatMap((step, index) => stepText(step, index + 1, style));
  if (group.direction === 'restore') {
    return [coloured, ...wrap('A run puts it back first:', style.width, '  '), ...steps];
  }
  if (group.verdict !== 'ready') return [coloured, ...why(group.reason, style)];
  const settings = group.steps.some((step) => step.changes.some(({ field }) => field !== 'key'));
  return [
    coloured,
    ...steps,
    ...(settings ? wrap('Settings change: the far end must change too.', style.width, '  ') : []),
  ];
}

function stepText(step: PlannedStep, number: number, style: Style): readonly string[] {
  const name = [step.vpnConnectionId, step.tunnelId].filter((part) => part !== null).join('/');
  const work = step.verifyOnly
    ? 'is only proven: an earlier run wrote it'
    : INTERRUPTS[step.interrupts];
  return [
    ...wrap(`${number}. ${name} (${step.role}): ${work}`, style.width, '  '),
    ...step.changes.flatMap(({ field, from, to }) =>
      wrap(`${field}: ${from} → ${to}`, style.width, '       '),
    ),
  ];
}

function why({ code, detail }: PlannedGroup['reason'], style: Style): readonly string[] {
  const { sentence, remedy } = CODES[code];
  return [
    ...wrap(`${code}: ${sentence}`, style.width, '  '),
    ...(detail === '' ? [] : wrap(detail, style.width, '    ')),
    ...wrap(`→ ${remedy}`, style.width, '  '),
  ];
}
