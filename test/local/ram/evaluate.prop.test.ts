import fc from 'fast-check';
import { expect, test } from 'vitest';
import { authorise } from '../../../local/ram/evaluate.ts';
import { loadPolicy } from '../../../local/ram/policy.ts';

const actions = ['kms:GetSecretValue', 'kms:PutSecretValue', 'vpc:DescribeVpnGateways'];
const resources = ['acs:kms:r:1:secret/a', 'acs:kms:r:1:secret/b', '*'];
const statement = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'),
  Action: fc.constantFrom(...actions, 'kms:*', '*'),
  Resource: fc.constantFrom(...resources, 'acs:kms:*', 'acs:kms:r:1:secret/?'),
});
type Statement = typeof statement extends fc.Arbitrary<infer T> ? T : never;
const policy = fc.array(statement, { minLength: 1, maxLength: 5 });
const request = fc.record({
  action: fc.constantFrom(...actions),
  resources: fc.uniqueArray(fc.constantFrom(...resources), { minLength: 1 }),
});

const decide = (
  statements: readonly Statement[],
  { action, resources }: { action: string; resources: readonly string[] },
): boolean =>
  authorise({
    policies: statements.map((one) => loadPolicy('p', { Version: '1', Statement: [one] })),
    action,
    resources,
    context: {},
  }).allowed;

test('the order of statements does not matter', () => {
  fc.assert(
    fc.property(policy, request, (statements, request) => {
      expect(decide(statements.toReversed(), request)).toBe(decide(statements, request));
    }),
  );
});

test('taking a grant away never allows more, and neither does adding a deny', () => {
  fc.assert(
    fc.property(policy, statement, request, (statements, extra, request) => {
      const before = decide(statements, request);
      const after = decide([...statements, extra], request);
      const [less, more] = extra.Effect === 'Deny' ? [after, before] : [before, after];
      expect(less && !more).toBe(false);
    }),
  );
});

test('several resources are allowed exactly when each is', () => {
  fc.assert(
    fc.property(policy, request, (statements, request) => {
      const each = request.resources.every((resource) =>
        decide(statements, { ...request, resources: [resource] }),
      );
      expect(decide(statements, request)).toBe(each);
    }),
  );
});
