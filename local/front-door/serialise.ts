/** The vendor's envelope around an outcome, and the faults that strike after the work is done. */
import type { VendorError } from '../operation.ts';
import { answer } from './call.ts';
import type { Call, CallResult } from './call.ts';
import { internalError } from './inject-fault.ts';

type Body = Readonly<Record<string, unknown>>;

export function refused(product: string, error: VendorError, requestId: string): CallResult {
  const { status, code, message, detail } = error;
  if (product === 'kms') {
    const body = { HttpStatus: status, Code: code, Message: message, RequestId: requestId };
    return answer({ ...body, ...detail }, status);
  }
  const body = {
    RequestId: requestId,
    HostId: `${product}.aliyuncs.com`,
    Code: code,
    Message: message,
    Recommend: `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(code)}`,
  };
  return answer({ ...body, ...detail }, status);
}

export function serialise(call: Call, body: Body): CallResult {
  const whole = { RequestId: call.requestId, ...body };
  switch (call.fault?.kind) {
    case 'reset-after-applied':
      return { kind: 'reset' };
    case 'stall-after-applied':
      return { kind: 'stall' };
    case 'server-500-after-applied':
      return refused(call.product, internalError(call.product), call.requestId);
    case 'half-answer': {
      const text = JSON.stringify(whole);
      return { kind: 'reset', partial: text.slice(0, Math.floor(text.length / 2)) };
    }
    case 'masked-key':
      return answer(masked(whole) as Body);
    case 'delay': {
      const result = answer(whole);
      return result.kind === 'answer'
        ? { ...result, delayMs: call.fault.delayMs ?? 1_000 }
        : result;
    }
    default:
      return answer(whole);
  }
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name === 'Psk' ? '******' : masked(item)]),
  );
}
