import type { Credential } from './credentials.ts';
import { networkError } from './rpc.ts';
import type { RpcAnswer } from './rpc.ts';

/** One counted request under a deadline, and none where there is no credential to sign it with. */
export function guarded<C extends { readonly action: string }>(
  options: {
    readonly credential: Credential;
    readonly timeoutMs: number;
    readonly countCall: (operation: string) => void;
  },
  send: (call: C) => Promise<RpcAnswer>,
): (call: C) => Promise<RpcAnswer> {
  return (call) =>
    withDeadline(options.timeoutMs, async () => {
      if (!(await hasCredential(options.credential))) return NO_CREDENTIAL;
      options.countCall(call.action);
      return send(call);
    });
}

/** The SDK's own code for having none. Nothing was sent, so it has no status. */
const NO_CREDENTIAL: RpcAnswer = {
  kind: 'error',
  code: 'InvalidCredentials',
  status: null,
  requestId: null,
  retryAfterMs: null,
};

/** Asked before the SDK asks, because its own failure would look like a broken network. */
async function hasCredential(credential: Credential): Promise<boolean> {
  try {
    const { accessKeyId, accessKeySecret } = await credential.getCredential();
    return Boolean(accessKeyId) && Boolean(accessKeySecret);
  } catch {
    return false;
  }
}

/**
 * Runs one call against a deadline of its own, because the SDKs' timers can fire late, early or on the
 * wrong request of a kept-alive connection. What comes after the deadline is dropped; the request may
 * still be obeyed, which is why a timeout means doubt.
 */
async function withDeadline(timeoutMs: number, call: () => Promise<RpcAnswer>): Promise<RpcAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<RpcAnswer>((resolve) => {
    timer = setTimeout(() => resolve(networkError('timeout')), timeoutMs);
  });
  try {
    return await Promise.race([call(), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
