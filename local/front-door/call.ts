import type { Caller, Definition, Params } from '../operation.ts';
import type { Fault } from '../faults.ts';

export type Product = 'vpc' | 'kms' | 'fc';

/** A request as it arrived. Header names in lower case; `query` without the question mark. */
export interface HttpRequest {
  /** The listener it came to. */
  readonly service: Product;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export type Answer<Body> = {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
  /** How long the transport holds the answer back. */
  readonly delayMs: number;
};

/** What the transport does with the connection instead of answering. */
export type Broken =
  | { readonly kind: 'reset'; readonly partial?: string }
  | { readonly kind: 'stall' };

/** Text where the body is not JSON. */
export type CallResult = Answer<Readonly<Record<string, unknown>> | string> | Broken;
export type HttpResponse = Answer<string | Buffer> | Broken;

/** One API call on its way through the stages that follow authentication. */
export interface Call {
  readonly product: 'vpc' | 'kms';
  readonly action: string;
  readonly regionId: string;
  readonly caller: Caller;
  readonly now: number;
  readonly requestId: string;
  readonly sourceIp: string;
  readonly query: Params;
  readonly form: Params;
  /** Query and form together; set by the validate stage. */
  params: Params;
  /** Null for an action that the product does not have. */
  readonly operation: Definition<unknown> | null;
  readonly state: unknown;
  fault: Fault | null;
}

export function answer(body: Readonly<Record<string, unknown>> | string, status = 200): CallResult {
  const type = typeof body === 'string' ? 'text/html' : 'application/json;charset=utf-8';
  return { kind: 'answer', status, headers: { 'content-type': type }, body, delayMs: 0 };
}
