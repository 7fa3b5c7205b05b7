import type { RpcAnswer, RpcCall, RpcTransport } from '../../functions/alicloud/rpc.ts';

/** A transport without a network: gives the same answer to every call and remembers the calls. */
export function answering(answer: RpcAnswer): RpcTransport & { readonly calls: RpcCall[] } {
  const calls: RpcCall[] = [];
  return {
    calls,
    request: async (call) => {
      calls.push(call);
      return answer;
    },
  };
}
