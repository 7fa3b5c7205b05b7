import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flatten } from '../../functions/alicloud/rpc.ts';
import * as secretAnswers from '../../functions/alicloud/secret-answers.ts';
import { createSecretStore } from '../../functions/alicloud/secret-store.ts';
import { writeRequest } from '../../functions/alicloud/vpn-requests.ts';
import { PARAMETERS } from '../../functions/core/parameters.ts';
import { Redacted } from '../../functions/core/redacted.ts';
import {
  attachmentWrite,
  SETTINGS,
  singleTunnelWrite,
  tunnelWrite,
} from '../wire/sample-writes.ts';
import { answering } from './answers-transport.ts';

describe('flatten', () => {
  test('members with dots, items counted from 1, all as text', () => {
    expect(flatten({ A: 1, B: { C: true, D: { E: 'x' } }, L: [{ F: 0 }, { F: 2 }] })).toEqual({
      A: '1',
      'B.C': 'true',
      'B.D.E': 'x',
      'L.1.F': '0',
      'L.2.F': '2',
    });
  });
});

describe('writeRequest', () => {
  test('sends each setting once, under the documented path, and nothing else', () => {
    const names = PARAMETERS.map(({ name }) => name);
    fc.assert(
      fc.property(fc.subarray(names), fc.boolean(), fc.boolean(), (kept, withKey, inBody) => {
        const settings = Object.fromEntries(kept.map((name) => [name, SETTINGS[name]]));
        const key = withKey ? new Redacted('example-psk-1') : null;
        const call = writeRequest({ ...tunnelWrite, config: { key, settings } }, inBody);
        const options = PARAMETERS.filter(({ name }) => kept.includes(name)).map(
          ({ path }) => `TunnelOptionsSpecification.${path.join('.')}`,
        );
        if (withKey) options.push('TunnelOptionsSpecification.TunnelIkeConfig.Psk');
        const sent = Object.keys(flatten({ ...call.query, ...call.body }));
        const identity = ['RegionId', 'VpnConnectionId', 'TunnelId', 'ClientToken'];
        expect(sent.sort()).toEqual([...identity, ...options].sort());
        // With the option on, the URL has no part of the configuration.
        expect(inBody && 'TunnelOptionsSpecification' in call.query).toBe(false);
      }),
    );
  });

  test('leaves out what was never read: subnets, EffectImmediately, index', () => {
    const unread = { localSubnets: '', remoteSubnets: '', effectImmediately: null } as const;
    const single = writeRequest({ ...singleTunnelWrite, ...unread }, false);
    for (const name of ['LocalSubnet', 'RemoteSubnet', 'EffectImmediately']) {
      expect(single.query).not.toHaveProperty(name);
    }
    const pair = writeRequest({ ...attachmentWrite, tunnelIndex: null, partner: null }, false);
    expect(flatten(pair.body ?? {})).not.toHaveProperty([
      'TunnelOptionsSpecification.1.TunnelIndex',
    ]);
  });

  test('a tunnel call without a tunnel is a mistake of the program', () => {
    expect(() => writeRequest({ ...tunnelWrite, tunnelId: null }, false)).toThrow(TypeError);
  });
});

test('a version without a label is a mistake of the program, and is not sent', () => {
  const transport = answering({ kind: 'ok', body: { RequestId: 'R-1' } });
  const put = { name: 'n', versionId: 'v-1', data: new Redacted('example-psk-1'), labels: [] };
  expect(() =>
    createSecretStore(transport, 'cn-hangzhou', () => secretAnswers).putVersion(put),
  ).toThrow(TypeError);
  expect(transport.calls).toEqual([]);
});
