import type { Cloud } from './cloud.ts';

/** What the control address acts on. */
export interface Steered {
  readonly cloud: Cloud;
  /** Reads and deploys one function, described in the words of FC 3.0's API. */
  readonly deploy: (definition: unknown) => void;
  /** Begins the story anew: everything is as the fleet file says. */
  readonly reset: () => void;
}

/** By method and path. What is thrown is answered with HTTP 400 and its message. */
export type Routes = Readonly<
  Record<
    string,
    (steered: Steered, body: Readonly<Record<string, unknown>>, query: URLSearchParams) => unknown
  >
>;

export class BadRequest extends Error {}
