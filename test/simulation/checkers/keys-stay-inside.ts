import type { Checker, World } from '../world.ts';
import { paramsOf } from '../world.ts';

const KEY_IN_TEXT = /"Psk":"([^"]+)"/g;

/** 8: no key and no credential in anything that a run wrote, nor in a URL other than that of a write. */
export function keysStayInside(world: World): Checker {
  const secrets = new Set([world.cloud.account.accessKeySecret]);
  const learn = (text: string): void => {
    for (const [, key] of text.matchAll(KEY_IN_TEXT)) if (key !== undefined) secrets.add(key);
  };
  for (const site of world.scenario.sites) {
    secrets.add(site.liveKey);
    for (const text of world.stored(site)) learn(text);
  }
  let read = 0;
  return {
    onCall(call, result) {
      if (result !== null) return;
      const { SecretData: data } = paramsOf(call);
      if (data !== undefined) learn(data);
      // The vendor takes the key of a write in the query and nowhere else (docs/security.md).
      if (call.action.startsWith('Modify')) return;
      const url = Object.values(call.query).join('\n');
      for (const secret of secrets) {
        if (url.includes(secret)) world.violate(8, `a key stands in the URL of ${call.action}`);
      }
    },
    onEvent(event) {
      if (event.kind !== 'configured') return;
      const key = world.seat(event.id, event.tunnelId)?.tunnel.config.ike.Psk;
      if (key !== undefined && key !== '') secrets.add(key);
    },
    onRunEnd({ number }) {
      const text = world.output.slice(read).join('\n');
      read = world.output.length;
      for (const secret of secrets) {
        if (text.includes(secret)) world.violate(8, `a key stands in the output of run ${number}`);
      }
    },
  };
}
