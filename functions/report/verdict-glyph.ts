import type { Verdict } from '../core/codes.ts';
import type { PlanVerdict } from '../core/group-plan.ts';
import type { Colour } from './terminal-text.ts';

/** How each verdict looks, wherever one is shown. */
export const GLYPH: Readonly<Record<Verdict | PlanVerdict, readonly [string, Colour]>> = {
  ready: ['▸', 'cyan'],
  converged: ['✔', 'green'],
  waiting: ['◷', 'yellow'],
  unknown: ['?', 'yellow'],
  blocked: ['■', 'red'],
  restored: ['↺', 'red'],
  mixed: ['✖', 'red'],
};
