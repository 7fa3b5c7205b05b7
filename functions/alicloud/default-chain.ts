import AlibabaCredentials from '@alicloud/credentials';

/** Credentials where none are given: environment, profile, instance role, … as the SDK finds them. */
export function defaultChain() {
  return new AlibabaCredentials.default();
}
