import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RotationDocument } from '../../functions/core/document.ts';
import { withNewKeys } from '../../functions/core/new-keys.ts';
import { parseDocument } from '../../functions/core/parse-document.ts';
import { PARAMETERS } from '../../functions/core/parameters.ts';
import { validDocument } from './document-samples.ts';
import type { Json } from './document-samples.ts';

type Steps = readonly (string | number)[];

/** Every place below the root, by the steps that lead to it. */
function places(value: Json, steps: Steps = []): Steps[] {
  const below = Array.isArray(value)
    ? value.flatMap((item: Json, index) => places(item, [...steps, index]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, inner]) => places(inner, [...steps, name]))
      : [];
  return steps.length === 0 ? below : [steps, ...below];
}

function at(value: Json, steps: Steps): Json {
  return steps.reduce<Json>(
    (inner, step) => (inner as Record<string | number, Json>)[step]!,
    value,
  );
}

function replaced(value: Json, [step, ...rest]: Steps, change: (old: Json) => Json): Json {
  if (step === undefined) return change(value);
  const inner = replaced((value as Record<string | number, Json>)[step]!, rest, change);
  if (Array.isArray(value)) return value.toSpliced(step as number, 1, inner) as Json;
  return { ...(value as Record<string, Json>), [step]: inner };
}

/** As faults write it: `targets[0].Psk`. */
function written(steps: Steps): string {
  const text = steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return text === '' ? 'document' : text.slice(1);
}

function faultsOf(value: Json | string) {
  const parsed = parseDocument(typeof value === 'string' ? value : JSON.stringify(value));
  return parsed.kind === 'faults' ? parsed.faults : [];
}

/** Breaks the rule of every field, and is recognisable wherever it turns up. */
const secret = fc.uuid().map((id) => `example 'psk' ${id}`);

/** The document in the vendor's words again. */
function inVendorWords(document: RotationDocument, source: Json) {
  const { targets, rotateEveryDays, window, ...options } = document;
  return {
    ...options,
    ...(rotateEveryDays === null ? {} : { rotateEveryDays }),
    ...(window === null ? {} : { window: window.text }),
    schema: 'keyturn/1',
    targets: targets.map((target, index) => {
      const named = at(source, ['targets', index]) as Record<string, Json>;
      const rest: Record<string, Json> = {
        RegionId: target.regionId,
        VpnConnectionId: target.vpnConnectionId,
        ...(target.tunnelId === null ? {} : { TunnelId: target.tunnelId }),
      };
      if ('Psk' in named) return { ...rest, Psk: target.key?.expose() };
      const sections: Record<string, unknown> = {
        TunnelIkeConfig: { Psk: target.key?.expose() },
      };
      for (const { name, path } of PARAMETERS) {
        const value = target.settings[name];
        const [section, field] = path;
        if (value === undefined) continue;
        if (field === undefined) sections[section] = value;
        else sections[section] = { ...(sections[section] as object | undefined), [field]: value };
      }
      return { ...rest, TunnelOptionsSpecification: sections };
    }),
  };
}

test('a valid document is read as it was written', () => {
  fc.assert(
    fc.property(validDocument, (value) => {
      const parsed = parseDocument(JSON.stringify(value));
      if (parsed.kind === 'faults') throw new Error(JSON.stringify(parsed.faults));
      expect(inVendorWords(parsed.document, value)).toMatchObject(value);
    }),
  );
});

test('a bad value in any place is a fault at that place, and is not repeated', () => {
  const asValue = (text: string): Json => text;
  const asField = (text: string): Json => ({ [text]: text });
  fc.assert(
    fc.property(
      validDocument,
      fc.nat(),
      secret,
      fc.constantFrom(asValue, asField),
      (value, choice, text, wrap) => {
        const all = places(value);
        const steps = all[choice % all.length]!;
        const faults = faultsOf(replaced(value, steps, () => wrap(text)));
        expect(faults.map((fault) => fault.path)).toContain(written(steps));
        expect(JSON.stringify(faults)).not.toContain(text.slice(-36));
      },
    ),
  );
});

test('an unknown field in any object is a fault of that object, and is not repeated', () => {
  fc.assert(
    fc.property(validDocument, fc.nat(), secret, (value, choice, text) => {
      const objects = [[], ...places(value)].filter((steps) => {
        const node = at(value, steps);
        return typeof node === 'object' && !Array.isArray(node);
      });
      const steps = objects[choice % objects.length]!;
      const grown = replaced(value, steps, (old) => ({ ...(old as object), [text]: text }));
      const faults = faultsOf(grown);
      expect(faults.map((fault) => fault.path)).toEqual([written(steps)]);
      expect(JSON.stringify(faults)).not.toContain(text.slice(-36));
    }),
  );
});

test('broken JSON gives no text back', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.nat(), fc.string({ maxLength: 2 }), (id, place, insertion) => {
      const target = { RegionId: 'cn-hangzhou', VpnConnectionId: 'vco-a', Psk: `example-${id}` };
      const text = JSON.stringify({ schema: 'keyturn/1', targets: [target] });
      const cut = place % text.length;
      for (const broken of [text.slice(0, cut), text.slice(0, cut) + insertion + text.slice(cut)]) {
        const faults = JSON.stringify(faultsOf(broken));
        for (const piece of id.split('-')) expect(faults).not.toContain(piece);
      }
    }),
  );
});

test('the JSON reader takes exactly what JSON.parse takes', () => {
  const text = fc.oneof(
    fc.json(),
    fc.string({ unit: fc.constantFrom(...Array.from('{}[]",:0123-+.eEtrufalsn\\ \n\t\u0001')) }),
    fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 1 })).map(([json, place, extra]) => {
      const cut = place % (json.length + 1);
      return json.slice(0, cut) + extra + json.slice(cut);
    }),
  );
  fc.assert(
    fc.property(text, (candidate) => {
      const broken = faultsOf(candidate).some(({ rule }) => rule.startsWith('is not valid JSON'));
      expect(broken).toBe(!isJson(candidate));
    }),
    { numRuns: 2000 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('new keys replace the old ones and nothing else', () => {
  fc.assert(
    fc.property(validDocument, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
      const keyOf = (target: { readonly VpnConnectionId: string }) =>
        `new-${target.VpnConnectionId}`;
      const next = withNewKeys(JSON.stringify(value, null, indent), (target) =>
        keyOf({ VpnConnectionId: target.vpnConnectionId }),
      );
      const targets = value.targets.map((target) => {
        if ('Psk' in target) return { ...target, Psk: keyOf(target) };
        const long = target.TunnelOptionsSpecification;
        const ike = { ...long.TunnelIkeConfig, Psk: keyOf(target) };
        return { ...target, TunnelOptionsSpecification: { ...long, TunnelIkeConfig: ike } };
      });
      expect(next).toBe(JSON.stringify({ ...value, targets }, null, indent));
    }),
  );
});
