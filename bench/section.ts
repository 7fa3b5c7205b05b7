import type { Row } from './rows.ts';

/** One part of the bench that can be run alone: `npm run bench -- --only NAME`. */
export interface Section {
  readonly name: string;
  readonly title: string;
  /** Small enough for `--quick`. */
  readonly quick: boolean;
  /** Gives its rows; `say` takes what people read beside them. */
  run(say: (text: string) => void): Promise<readonly Row[]>;
}
