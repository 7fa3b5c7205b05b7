/**
 * What an API call can end in besides success: values, since each is expected. Classes follow what may
 * have happened on the service's side, because that alone decides what is safe to do next.
 */
export type Failure =
  /** The service is configuring: nothing changed. */
  | { readonly kind: 'busy'; readonly error: ApiError }
  /** Too many calls: nothing changed. */
  | { readonly kind: 'throttled'; readonly error: ApiError; readonly retryAfterMs: number | null }
  /** An earlier request with this ClientToken is still being worked on. */
  | { readonly kind: 'tokenInProgress'; readonly error: ApiError }
  /** It may have happened: read back before anything else. */
  | { readonly kind: 'unknown'; readonly error: ApiError }
  | { readonly kind: 'notFound'; readonly error: ApiError }
  /** Permission or credential missing, expired or wrong. */
  | { readonly kind: 'denied'; readonly error: ApiError }
  /** A definite no: nothing happened and asking again changes nothing. */
  | { readonly kind: 'refused'; readonly error: ApiError };

export type Outcome<T> = { readonly kind: 'ok'; readonly value: T } | Failure;

/** An error rebuilt from the vendor's: nothing in it can hold a URL, a key or a token. */
export interface ApiError {
  readonly operation: string;
  /** The vendor's code, or `Network.Reset`, `Network.Timeout`, `Network.Unreachable`, `Network.Unparsable`. */
  readonly code: string;
  /** HTTP status, null when no answer was understood. */
  readonly status: number | null;
  readonly requestId: string | null;
}
