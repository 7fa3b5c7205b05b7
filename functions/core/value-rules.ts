import { isInstant } from './instant.ts';
import type { JsonNode } from './json-text.ts';
import { brokenTunnelCidrRule, brokenTunnelIpRule } from './link-local.ts';
import type { Rule } from './parameters.ts';
import { brokenPskRule } from './psk.ts';
import { brokenWindowRule } from './window.ts';

/** What a value that keeps the rule is. */
export type ValueOf<R extends Rule> = R extends { kind: 'oneOf'; values: readonly (infer V)[] }
  ? V
  : R extends { kind: 'integer' }
    ? number
    : R extends { kind: 'boolean' }
      ? boolean
      : string;

const REGION_ID = /^[a-z]{2}(?:-[a-z0-9]+)+$/;
const VISIBLE = /^[!-~]+$/;
const CERTIFICATE = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;

/** The rule that a value breaks, as the second half of a sentence and without the value; null if none. */
export function brokenRule(rule: Rule, node: JsonNode): string | null {
  switch (rule.kind) {
    case 'oneOf':
      return node.kind === 'string' && rule.values.includes(node.value)
        ? null
        : `must be one of: ${rule.values.join(', ')}`;
    case 'integer':
      return node.kind === 'number' &&
        Number.isInteger(node.value) &&
        node.value >= rule.min &&
        node.value <= rule.max
        ? null
        : `must be a whole number from ${rule.min} to ${rule.max}`;
    case 'boolean':
      return node.kind === 'boolean' ? null : 'must be true or false';
    default:
      return node.kind === 'string' ? brokenTextRule(rule, node.value) : 'must be text';
  }
}

function brokenTextRule(
  rule: Exclude<Rule, { kind: 'oneOf' | 'integer' | 'boolean' }>,
  text: string,
): string | null {
  switch (rule.kind) {
    case 'psk':
      return brokenPskRule(text);
    case 'identifier':
      return VISIBLE.test(text) && text.length <= rule.maxLength
        ? null
        : `must be 1 to ${rule.maxLength} visible ASCII characters without spaces`;
    case 'certificate':
      return CERTIFICATE.test(text) ? null : 'must be one certificate in PEM form';
    case 'resourceId':
      return text.startsWith(rule.prefix) &&
        /^[A-Za-z0-9-]{1,64}$/.test(text.slice(rule.prefix.length))
        ? null
        : `must be an id that begins with ${rule.prefix}`;
    case 'regionId':
      return REGION_ID.test(text) ? null : 'must be a region id such as cn-hangzhou';
    case 'instant':
      return isInstant(text)
        ? null
        : 'must be an ISO 8601 time with its zone, such as 2030-01-31T02:00:00+08:00';
    case 'window':
      return brokenWindowRule(text);
    case 'tunnelIp':
      return brokenTunnelIpRule(text);
    case 'tunnelCidr':
      return brokenTunnelCidrRule(text);
  }
}
