import { describe, expect, test } from 'vitest';
import { compilePattern } from '../../../local/fc/event-pattern.ts';

const EVENT = { source: 'acs.kms', data: { eventName: 'PutSecretValue', tags: ['a', 'b'] } };

describe('a pattern matches', () => {
  test.each([
    [{}],
    [{ source: ['acs.kms', 'acs.ecs'] }],
    [{ source: [{ prefix: 'acs.' }] }],
    [{ source: [{ suffix: '.kms' }] }],
    [{ data: { eventName: [{ contains: 'Secret' }] } }],
    [{ data: { eventName: [{ 'anything-but': 'GetSecretValue' }] } }],
    [{ data: { eventName: [{ 'anything-but': ['GetSecretValue', { prefix: 'Get' }] }] } }],
    [{ data: { tags: ['b'] } }],
    [{ data: { other: [{ exists: false }] } }],
  ])('%j', (pattern) => {
    expect(compilePattern(pattern)(EVENT)).toBe(true);
  });
});

describe('a pattern does not match', () => {
  test.each([
    [{ source: ['acs.ecs'] }],
    [{ source: ['acs.kms'], data: { eventName: ['CreateSecret'] } }],
    [{ data: { eventName: [{ 'anything-but': { prefix: 'Put' } }] } }],
    [{ data: { other: [{ 'anything-but': 'x' }] } }],
    [{ data: { eventName: [{ exists: false }] } }],
    [{ missing: { deeper: ['x'] } }],
  ])('%j', (pattern) => {
    expect(compilePattern(pattern)(EVENT)).toBe(false);
  });
});

test.each([['text'], [{ source: 'acs.kms' }], [{ source: [{ numeric: ['>', 1] }] }]])(
  '%j is refused',
  (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(/event pattern/u);
  },
);
