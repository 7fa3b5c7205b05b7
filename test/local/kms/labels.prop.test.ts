import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KmsOperation } from '../../../local/kms/operations.ts';
import { MAX_LABELS, MAX_VERSIONS } from '../../../local/kms/labels.ts';
import type { SecretVersion } from '../../../local/kms/state.ts';
import { SWITCHES } from '../../../local/switches.ts';
import { Kms } from './kms.ts';

const LABELS = ['ACSCurrent', 'ACSPrevious', 'Next', 'Held', 'A', 'B', 'C', 'D', 'E', 'F', 'G'];
const versionId = fc.integer({ min: 1, max: 14 }).map((n) => `v${n}`);
const label = fc.constantFrom(...LABELS);

const put = fc
  .record({
    versionId,
    data: fc.constantFrom('example-psk-1', 'example-psk-2'),
    stages: fc.option(fc.uniqueArray(label, { minLength: 1, maxLength: 3 })),
  })
  .map(({ versionId, data, stages }) => ({
    operation: 'PutSecretValue' as const,
    params: {
      VersionId: versionId,
      SecretData: data,
      ...(stages === null ? {} : { VersionStages: JSON.stringify(stages) }),
    },
  }));

const move = fc
  .record({ label, from: fc.option(versionId), to: fc.option(versionId) })
  .map(({ label, from, to }) => ({
    operation: 'UpdateSecretVersionStage' as const,
    params: {
      VersionStage: label,
      ...(from === null ? {} : { RemoveFromVersion: from }),
      ...(to === null ? {} : { MoveToVersion: to }),
    },
  }));

interface Call {
  operation: KmsOperation;
  params: Record<string, string>;
}
/** As many new versions as are kept, so that each run ends with evictions. */
const TEN_MORE: readonly Call[] = Array.from({ length: MAX_VERSIONS }, (_, index) => ({
  operation: 'PutSecretValue',
  params: {
    VersionId: `w${index}`,
    SecretData: 'example-psk-3',
    VersionStages: '["ACSCurrent"]',
  },
}));
const calls: fc.Arbitrary<readonly Call[]> = fc
  .array(fc.oneof({ weight: 3, arbitrary: put }, move), { maxLength: 50 })
  .map((list) => [...list, ...TEN_MORE]);
const switches = fc.record({
  previousFollows: fc.constantFrom(...SWITCHES.previousFollows),
  repeatedPut: fc.constantFrom(...SWITCHES.repeatedPut),
  removeFromVersion: fc.constantFrom(...SWITCHES.removeFromVersion),
  labelledEviction: fc.constantFrom(...SWITCHES.labelledEviction),
});

interface Step {
  readonly call: Call;
  readonly accepted: boolean;
  readonly before: readonly SecretVersion[];
  readonly after: readonly SecretVersion[];
}

const stored = (kms: Kms): readonly SecretVersion[] => kms.state.secrets.get('psk')?.versions ?? [];

/** Makes the calls one after the other and keeps the versions before and after each. */
function follow(kms: Kms, list: readonly Call[]): readonly Step[] {
  kms.create('psk', 'v1', 'example-psk-1');
  return list.map((call) => {
    const before = stored(kms);
    const outcome = kms.outcome(call.operation, { SecretName: 'psk', ...call.params });
    return { call, accepted: outcome === 'ok', before, after: stored(kms) };
  });
}

const versionIn = (versions: readonly SecretVersion[], versionId: string) =>
  versions.find((version) => version.versionId === versionId);

test('a label stands on one version, one version is current, limits hold', () => {
  fc.assert(
    fc.property(switches, calls, (switches, list) => {
      for (const { after } of follow(new Kms(switches), list)) {
        const labels = after.flatMap((version) => version.labels);
        expect(new Set(labels).size).toBe(labels.length);
        expect(labels).toContain('ACSCurrent');
        expect(labels.length).toBeLessThanOrEqual(MAX_LABELS);
        expect(after.length).toBeLessThanOrEqual(MAX_VERSIONS);
      }
    }),
  );
});

test('a stored version never changes its data', () => {
  fc.assert(
    fc.property(switches, calls, (switches, list) => {
      for (const { before, after } of follow(new Kms(switches), list)) {
        const changed = after.filter(
          ({ versionId, data }) => (versionIn(before, versionId)?.data ?? data) !== data,
        );
        expect(changed).toEqual([]);
      }
    }),
  );
});

test('a refusal changes nothing', () => {
  fc.assert(
    fc.property(switches, calls, (switches, list) => {
      const refused = follow(new Kms(switches), list).filter(({ accepted }) => !accepted);
      for (const { before, after } of refused) expect(after).toEqual(before);
    }),
  );
});

test('a put that succeeded succeeds again and changes nothing more', () => {
  fc.assert(
    fc.property(switches, calls, put, (switches, list, last) => {
      const kms = new Kms(switches);
      const accepted = follow(kms, [...list, last]).at(-1)?.accepted;
      fc.pre(accepted === true);
      const versions = stored(kms);
      const again = kms.outcome(last.operation, { SecretName: 'psk', ...last.params });
      expect(again).toBe('ok');
      expect(stored(kms)).toEqual(versions);
    }),
  );
});

test('where labelled versions cannot be evicted, only unlabelled ones go', () => {
  fc.assert(
    fc.property(switches, calls, (switches, list) => {
      const kms = new Kms({ ...switches, labelledEviction: 'never' });
      for (const { before, after } of follow(kms, list)) {
        const standing = new Set(after.flatMap((version) => version.labels));
        const gone = before.filter(({ versionId }) => versionIn(after, versionId) === undefined);
        const lostLabels = gone.flatMap(({ labels }) => labels.filter((one) => !standing.has(one)));
        expect(lostLabels).toEqual([]);
      }
    }),
  );
});
