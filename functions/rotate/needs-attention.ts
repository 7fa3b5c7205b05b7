import type { Report } from '../core/report.ts';
import { attentionOfError } from '../report/attention.ts';
import type { Attention } from '../report/attention.ts';
import { attentionLine } from '../report/log-line.ts';

/**
 * A run that a person must look at. Function Compute counts only a thrown error as a failure, and hands on
 * its message alone: that is the JSON of an `Attention`.
 */
export class RotationNeedsAttention extends Error {
  /** Null where nothing was begun. */
  readonly report: Report | null;

  constructor(attention: Attention, report: Report | null) {
    super(JSON.stringify(attention));
    this.name = 'RotationNeedsAttention';
    this.report = report;
  }
}

/** Whatever ends a run is told in the same shape; what nobody expected, without its own words. */
export function toldOf(error: unknown): RotationNeedsAttention {
  if (error instanceof RotationNeedsAttention) return error;
  const attention = attentionOfError(error);
  process.stdout.write(`${attentionLine(attention, Date.now())}\n`);
  return new RotationNeedsAttention(attention, null);
}
