import type { Checker, World } from '../world.ts';

/** 7: one ClientToken never carries two different requests. */
export function tokenMeansOneRequest(world: World): Checker {
  const requests = new Map<string, string>();
  return {
    onCall(call, result) {
      if (result !== null) return;
      const params = { ...call.form, ...call.query };
      const { ClientToken: token } = params;
      if (token === undefined) return;
      const text = JSON.stringify([
        call.action,
        Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)),
      ]);
      const known = requests.get(token);
      if (known !== undefined && known !== text)
        world.violate(7, 'a ClientToken carried two different requests');
      requests.set(token, text);
    },
  };
}
