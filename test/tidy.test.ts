/** The rules of the house that neither the compiler nor the linter keeps. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { KMS_ACTIONS, VPC_ACTIONS } from '../functions/alicloud/index.ts';
import { CODES } from '../functions/core/codes.ts';
import { KMS_OPERATIONS } from '../local/kms/operations.ts';
import { VPC_OPERATIONS } from '../local/vpc/operations.ts';

const ROOT = new URL('../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, ROOT), 'utf8');

/** Everything but what is installed, built or git's own. */
const FOREIGN = /^(?:\.git|node_modules|dist|coverage|reports|\.stryker-tmp)(?:\/|$)|\.log$/;
const FILES = readdirSync(ROOT, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(relative(fileURLToPath(ROOT), entry.parentPath), entry.name))
  .filter((file) => !FOREIGN.test(file))
  .map((file) => ({ file, text: read(file) }));

const WRITTEN = FILES.filter(({ file }) => !['package-lock.json', 'LICENSE'].includes(file));
const PRODUCT = WRITTEN.filter(({ file }) => /^(functions|cli)\/.*\.ts$/.test(file));

const filesWith = (pattern: RegExp): readonly string[] =>
  WRITTEN.filter(({ text }) => pattern.test(text)).map(({ file }) => file);

describe('files', () => {
  test('are at most 500 lines long', () => {
    const long = WRITTEN.filter(({ text }) => text.trimEnd().split('\n').length > 500);
    expect(long.map(({ file }) => file)).toEqual([]);
  });

  test('put nothing off', () => {
    // In two pieces, so that this file does not find itself.
    expect(filesWith(new RegExp(['TO', 'DO|FIX', 'ME'].join('')))).toEqual([]);
  });

  test('name no place on somebody’s machine', () => {
    const homes = ['work', 'home', 'root', 'Users', 'tmp'].join('|');
    expect(filesWith(new RegExp(`(?<![\\w.~:-])/(?:${homes})/\\w`))).toEqual([]);
  });

  test('skip no test and single none out', () => {
    expect(filesWith(/\b(?:test|it|describe)\.(?:skip|only|todo|skipIf|runIf)\b/)).toEqual([]);
  });

  test('link only to files that are there', () => {
    const broken = WRITTEN.filter(({ file }) => file.endsWith('.md')).flatMap(({ file, text }) =>
      [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !existsSync(new URL(target, new URL(file, ROOT))))
        .map((target) => `${file}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test('name only files that are there', () => {
    const bases = new Set(FILES.map(({ file }) => file.split('/').at(-1)));
    const folders = [...new Set(FILES.map(({ file }) => file.split('/')[0] ?? ''))].join('|');
    // With an ending, a star or a slash at its end: `functions/keyturn-rotate` is no file but a function.
    const inside = new RegExp(
      `^(?:${folders.replaceAll('.', '\\.')})/[\\w./*-]*(?:\\.\\w+|\\*|/)$`,
    );
    const there = (name: string): boolean => {
      if (inside.test(name)) {
        const [start = ''] = name.split('*');
        return FILES.some(({ file }) =>
          start === name
            ? file === name || (name.endsWith('/') && file.startsWith(name))
            : file.startsWith(start),
        );
      }
      return !/^[\w-]+\.ts$/.test(name) || bases.has(name);
    };
    const wrong = WRITTEN.filter(({ file }) => file.endsWith('.md')).flatMap(({ file, text }) =>
      [...text.matchAll(/`([^`\n]+)`/g)]
        .map(([, name = '']) => name)
        .filter((name) => !there(name))
        .map((name) => `${file}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('say what they are: no drawers for the rest', () => {
    const drawers = FILES.filter(({ file }) => /(?:utils?|common|helpers?)(?:\/|\.ts$)/.test(file));
    expect(drawers.map(({ file }) => file)).toEqual([]);
  });
});

describe('a key leaves its wrapper', () => {
  test('only here', () => {
    const counts = PRODUCT.flatMap(({ file, text }) => {
      const count = text.split(/\.expose\(\)/).length - 1;
      return count === 0 ? [] : [[file, count]];
    });
    expect(Object.fromEntries(counts)).toEqual({
      // On the wire: the one place of each adapter.
      'functions/alicloud/secret-store.ts': 1,
      'functions/alicloud/vpn-requests.ts': 1,
      // Into and out of the texts of secret versions.
      'functions/core/before.ts': 1,
      'functions/run/gather-labelled.ts': 2,
      'functions/run/gather.ts': 2,
      'functions/run/generate.ts': 1,
      'functions/run/lease.ts': 1,
      'functions/run/save-before.ts': 1,
      'functions/run/survey.ts': 1,
    });
  });
});

describe('codes', () => {
  const entries = new Map(
    read('docs/errors.md')
      .split(/^### /m)
      .slice(1)
      .map((entry) => [entry.slice(1, entry.indexOf('`', 1)), entry]),
  );

  test('and docs/errors.md are the same list', () => {
    expect([...entries.keys()].toSorted()).toEqual(Object.keys(CODES).toSorted());
  });

  test.each(Object.entries(CODES))('%s is described as it is given', (name, code) => {
    expect(entries.get(name)).toContain(code.sentence);
    expect(entries.get(name)).toContain(code.remedy);
  });

  test.each(Object.keys(CODES))(
    '%s leads to the place in the runbook that speaks of it',
    (name) => {
      const [, title = '', anchor = ''] =
        /Runbook: \[(.+)\]\(operations\.md#(.+)\)/.exec(entries.get(name) ?? '') ?? [];
      const slug = title
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-');
      expect(anchor).toBe(slug);
      const [, place = ''] = read('docs/operations.md').split(`### ${title}\n`);
      expect(place.split(/^##/m)[0]).toContain(`\`${name}\``);
    },
  );

  test('are given somewhere', () => {
    const product = PRODUCT.filter(({ file }) => file !== 'functions/core/codes.ts');
    const unused = Object.keys(CODES).filter(
      (name) =>
        !product.some(({ text }) => text.includes(`'${name}'`) || text.includes(`.${name}.`)),
    );
    expect(unused).toEqual([]);
  });
});

/** `@scope/name` or `name` of an import, or null for one of Node's own or of ours. */
function packageOf(specifier: string): string | null {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return null;
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? null;
}

/** The packages that the bundles are made of: those that our code names, and every folder they come from. */
async function bundled(): Promise<{ named: readonly string[]; folders: readonly string[] }> {
  const bundles = new URL('scripts/bundles.mjs', ROOT).href;
  const { entries, withoutUnreached } = (await import(bundles)) as {
    readonly entries: () => readonly { readonly from: string }[];
    readonly withoutUnreached: Plugin;
  };
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(ROOT),
    entryPoints: entries().map(({ from }) => from),
    plugins: [withoutUnreached],
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const inputs = Object.entries(metafile.inputs);
  const named = inputs
    .filter(([file]) => !/node_modules|^unreached:/.test(file))
    .flatMap(([, { imports }]) =>
      imports.flatMap(({ original }) => packageOf(original ?? '.') ?? []),
    )
    .filter((name) => !isBuiltin(name));
  const folders = inputs.flatMap(
    ([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
  );
  return { named: [...new Set(named)].toSorted(), folders: [...new Set(folders)].toSorted() };
}

describe('dependencies', () => {
  const packages = bundled();

  test('that the code names have each their line of reason in the README, and no other has', async () => {
    const table = read('README.md').split('\n## Dependencies\n')[1]?.split('\n## ')[0] ?? '';
    const rows = [...table.matchAll(/^\| `([^`]+)` \| \S.*\|$/gm)].map(([, name]) => name);
    expect(rows).toEqual((await packages).named);
  });

  test('are all bundled: whoever installs the package fetches nothing else', () => {
    expect(JSON.parse(read('package.json'))).not.toHaveProperty('dependencies');
  });

  test('are under licences that allow redistribution', async () => {
    const allowed = new Set(['MIT', 'ISC', 'Apache-2.0', 'Apache License 2.0', 'BlueOak-1.0.0']);
    const { folders, named } = await packages;
    expect(folders.length).toBeGreaterThan(named.length);
    const foreign = folders.filter((folder) => {
      const { license } = JSON.parse(read(`${folder}/package.json`)) as { license?: string };
      return !allowed.has(license ?? 'none');
    });
    expect(foreign).toEqual([]);
  });
});

describe('settings', () => {
  const names = (text: string): readonly string[] =>
    [...new Set(text.match(/\bKEYTURN_[A-Z_]+\b/g))].toSorted();

  test('that the function reads are those of the README', () => {
    const rows = read('README.md')
      .split('\n')
      .filter((line) => line.startsWith('| `KEYTURN_'));
    expect(names(rows.join('\n'))).toEqual(names(read('functions/rotate/settings.ts')));
  });
});

describe('layers', () => {
  const { overrides } = JSON.parse(read('.oxlintrc.json')) as {
    readonly overrides: readonly { files: readonly string[]; rules: Record<string, unknown> }[];
  };

  test.each([
    'functions/core/**',
    'functions/ports/**',
    'functions/run/**',
    'functions/report/**',
    'functions/alicloud/**',
    'functions/rotate/**',
    'cli/**',
    'local/**',
  ])('%s may not import what is above or beside it', (folder) => {
    const rules = overrides.filter(({ files }) => files.includes(folder));
    expect(rules.flatMap((rule) => Object.keys(rule.rules))).toContain(
      'eslint/no-restricted-imports',
    );
  });

  test('the local cloud answers everything that the adapters ask', () => {
    expect(Object.keys(VPC_OPERATIONS)).toEqual(expect.arrayContaining([...VPC_ACTIONS]));
    expect(Object.keys(KMS_OPERATIONS)).toEqual(expect.arrayContaining([...KMS_ACTIONS]));
  });
});
