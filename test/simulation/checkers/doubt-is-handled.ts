import type { Call, CallResult } from '../../../local/front-door/call.ts';
import type { Checker, World } from '../world.ts';
import { paramsOf } from '../world.ts';

interface Sent {
  readonly token: string;
  readonly request: string;
  readonly end: 'taken' | 'busy' | 'refused' | 'unknown';
  /** Whether the connection was shown to this run since. */
  looked: boolean;
}

/**
 * The rules for doubt (design §4): before each write a look; after an unknown outcome the same request
 * keeps its token; after a busy refusal it gets another one; what was refused for good is not asked again.
 */
export function doubtIsHandled(world: World): Checker {
  const sent = new Map<string, Sent>();
  const check = (call: Call, key: string, now: { token: string; request: string }): void => {
    const before = sent.get(key);
    if (before === undefined) return;
    const say = (text: string): void =>
      world.violate('protocol', `${text} (${paramsOf(call)['VpnConnectionId']})`);
    if (!before.looked) say('a write without a look since the one before it');
    const same = before.request === now.request;
    if (before.end === 'unknown' && same && before.token !== now.token)
      say('a request whose outcome is unknown was sent again under another token');
    if (before.end === 'busy' && before.token === now.token) say('a refused token was used again');
    if (before.end === 'refused' && same) say('a refused request was sent again');
  };
  return {
    onCall(call, result) {
      const { actor } = world;
      if (actor === null || actor === 'person') return;
      if (call.action === 'DescribeVpnConnections' && result?.kind === 'answer') {
        // Which connections it shows does not matter: a look is a request for the present state.
        for (const [key, entry] of sent) if (key.startsWith(`${actor.run} `)) entry.looked = true;
      }
      if (!call.action.startsWith('Modify')) return;
      const { ClientToken: token = '', ...rest } = paramsOf(call);
      const key = `${actor.run} ${rest['VpnConnectionId']} ${rest['TunnelId'] ?? ''}`;
      const request = JSON.stringify(rest);
      if (result === null) check(call, key, { token, request });
      else sent.set(key, { token, request, end: endOf(result, world), looked: false });
    },
  };
}

function endOf(result: CallResult, world: World): Sent['end'] {
  if (result.kind !== 'answer' || typeof result.body === 'string') return 'unknown';
  if (result.status < 300) return result.delayMs >= 10_000 ? 'unknown' : 'taken';
  if (result.status >= 500) return 'unknown';
  const code = String(result.body['Code']);
  // The first of the two may still be refused: what is repeated is the same request.
  if (/(LastToken|Idempotence)Processing$/.test(code)) return 'unknown';
  const passing = /throttling|conflict|configuring|Idempoten|incorrectstatus/i.test(code);
  return code === world.options.switches.busyCode || passing ? 'busy' : 'refused';
}
