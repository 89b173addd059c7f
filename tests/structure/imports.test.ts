/** Imports go downward only: services → sync → the two ends → shared; no service knows another, and nothing goes round in a circle. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const isTest = (file: string) => /\.test\.ts$|\/testing\//.test(file);
/** The page runs in browsers, is bundled, and stands above all others: of them it knows the console. */
const isOfPage = (file: string) => file.startsWith('packages/page/');
const all = globSync('{packages,services}/*/src/**/*.{ts,tsx}', { cwd: root }).filter((file) => !isTest(file));
const files = all.filter((file) => !isOfPage(file));

/** The files of this repository that a file imports. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const specifiers = [...text.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)';/gms)].map(
    ([, specifier]) => specifier ?? '',
  );
  return specifiers.flatMap((specifier) => {
    if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier));
    const [, name, path] = /^@connector\/([^/]+)\/(.+)$/.exec(specifier) ?? [];
    return name === undefined ? [] : `packages/${name}/src/${path}`;
  });
}

const graph = new Map(files.map((file) => [file, importsOf(file)]));
const unitOf = (file: string) => file.split('/').slice(0, 2).join('/');

test('every import leads to a file of the repository', () => {
  for (const [file, imports] of graph)
    for (const imported of imports) assert.ok(graph.has(imported), `${file} imports ${imported}`);
});

test('imports go downward', () => {
  for (const [file, imports] of graph) {
    for (const imported of imports) {
      const [from, to] = [unitOf(file), unitOf(imported)];
      if (from === to) continue;
      assert.notEqual(from, 'packages/shared', `${file} imports ${imported}: shared is at the bottom`);
      assert.ok(to.startsWith('packages/'), `${file} imports ${imported}: move what both need into packages/shared`);
      if (from.startsWith('packages/') && from !== 'packages/sync')
        assert.equal(
          to,
          'packages/shared',
          `${file} imports ${imported}: the packages of the two ends know shared only`,
        );
      assert.notEqual(
        to,
        from.startsWith('packages/') ? 'packages/sync' : '',
        `${file} imports ${imported}: only services do`,
      );
    }
  }
});

test('the page knows the console and the shared language, and nobody knows the page', () => {
  for (const file of all) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/from '@connector\/([^/]+)\//g)) {
      if (isOfPage(file)) assert.match(name, /^(console|shared)$/, `${file} imports of ${name}`);
      else assert.notEqual(name, 'page', `${file} imports of the page`);
    }
  }
});

test('no import goes round in a circle', () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    assert.ok(!path.includes(file), `circle: ${[...path, file].join(' → ')}`);
    if (done.has(file)) return;
    for (const imported of graph.get(file) ?? []) visit(imported, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});
