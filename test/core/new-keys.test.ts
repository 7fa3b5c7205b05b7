import { expect, test } from 'vitest';
import { withNewKeys } from '../../functions/core/new-keys.ts';

const TEXT = `{ "schema": "keyturn/1",
  "targets": [
    {"RegionId":"cn-hangzhou","VpnConnectionId":"vco-a","Psk":"example-psk-old" },
    {"VpnConnectionId":"vco-b", "RegionId":"cn-hangzhou",
     "TunnelOptionsSpecification":{"TunnelIkeConfig":{"IkePfs":"group14"}}}
  ] }
`;

test('a target without a key keeps having none, and the text keeps its shape', () => {
  const asked: string[] = [];
  const next = withNewKeys(TEXT, (target) => {
    asked.push(target.path);
    return 'example-psk-new';
  });
  expect(asked).toEqual(['targets[0]']);
  expect(next).toBe(TEXT.replace('example-psk-old', 'example-psk-new'));
});

test('neither an invalid document nor an invalid key goes through, and neither is quoted', () => {
  expect(() => withNewKeys('example-psk-old', () => 'x')).toThrow(
    /^new keys need a valid rotation document$/,
  );
  expect(() => withNewKeys(TEXT, () => 'example psk')).toThrow(
    /^new key of targets\[0\] must not contain spaces$/,
  );
});
