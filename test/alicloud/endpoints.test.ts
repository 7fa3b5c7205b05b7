import { describe, expect, test } from 'vitest';
import { kmsEndpoint, parseEndpoint, vpcEndpoint } from '../../functions/alicloud/endpoints.ts';

describe('parseEndpoint', () => {
  test.each([
    ['vpc.eu-central-1.aliyuncs.com', 'https', 'vpc.eu-central-1.aliyuncs.com'],
    ['https://vpc.example.com:8443', 'https', 'vpc.example.com:8443'],
    ['http://127.0.0.1:8080', 'http', '127.0.0.1:8080'],
    ['http://127.8.9.10/', 'http', '127.8.9.10'],
    ['http://127.1:80', 'http', '127.0.0.1'],
    ['http://localhost:1', 'http', 'localhost:1'],
    ['http://[::1]:8080', 'http', '[::1]:8080'],
    ['HTTP://LOCALHOST', 'http', 'localhost'],
  ])('reads %s', (text, protocol, host) => {
    expect(parseEndpoint(text)).toEqual({ kind: 'endpoint', endpoint: { protocol, host } });
  });

  test.each([
    ['http://vpc.aliyuncs.com'],
    ['http://127.0.0.1.example.com'],
    ['http://localhost.example.com'],
    ['http://10.0.0.1'],
    ['http://[::2]'],
    ['http://0.0.0.0'],
  ])('refuses plain http to %s, which is not loopback', (text) => {
    expect(parseEndpoint(text)).toEqual({
      kind: 'fault',
      rule: 'must be https: plain http would send keys in the clear',
    });
  });

  test.each([
    ['', 'empty'],
    [' https://a', 'padded'],
    ['https://', 'a host'],
    ['ftp://a', 'https'],
    ['https://a/path', 'end after the host'],
    ['https://a?x=1', 'end after the host'],
    ['https://user:example-password@a', 'credentials'],
  ])('refuses %j', (text, part) => {
    const parsed = parseEndpoint(text);
    expect(parsed).toEqual({ kind: 'fault', rule: expect.stringContaining(part) });
    expect(JSON.stringify(parsed)).not.toContain('example-password');
  });
});

test('public endpoints follow the vendor’s map', () => {
  expect(vpcEndpoint('cn-hangzhou').host).toBe('vpc.aliyuncs.com');
  expect(vpcEndpoint('eu-central-1').host).toBe('vpc.eu-central-1.aliyuncs.com');
  expect(kmsEndpoint('cn-hangzhou').host).toBe('kms.cn-hangzhou.aliyuncs.com');
});
