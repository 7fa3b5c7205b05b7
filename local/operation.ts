import type { Prng } from './prng.ts';
import type { Switches } from './switches.ts';

/** Request parameters as they travel: flat, `A.B.1.C` → text, from query and form body together. */
export type Params = Readonly<Record<string, string>>;

export interface Caller {
  readonly accountId: string;
  readonly accessKeyId: string;
  /** Null for an account's own key, which may do everything. */
  readonly roleName: string | null;
}

/** What an operation may know besides its parameters and its service's state. */
export interface CallContext {
  /** Milliseconds since the epoch; the same instant for the whole call. */
  readonly now: number;
  readonly regionId: string;
  readonly caller: Caller;
  readonly requestId: string;
  readonly random: Prng;
  readonly switches: Switches;
}

/** Per region and account. */
export interface Limit {
  readonly calls: number;
  readonly perMs: number;
  /** Actions with the same group share the rate; without one the action has it to itself. */
  readonly group?: string;
}

/** One API action: all that the pipeline needs to know about it. Tables are `Record<Name, Definition<State>>`. */
export interface Definition<State> {
  readonly access: 'read' | 'write';
  /** RAM: the action and the resources it is asked about. */
  readonly ram: {
    readonly action: string;
    resources(params: Params, context: CallContext): readonly string[];
  };
  /** Documented rate; null where none is documented. */
  readonly limit: Limit | null;
  /** Throws a VendorError, or returns the JSON body of the answer (RequestId is added by the pipeline). */
  run(state: State, params: Params, context: CallContext): Record<string, unknown>;
}

/** A refusal in the vendor's own words. */
export class VendorError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: Record<string, unknown>;

  constructor(options: {
    status: number;
    code: string;
    message: string;
    detail?: Record<string, unknown>;
  }) {
    super(options.message);
    this.name = 'VendorError';
    this.status = options.status;
    this.code = options.code;
    this.detail = options.detail ?? {};
  }
}
