import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { againInContainers, findTestFiles } from './test-files.ts';

const files = findTestFiles(resolve(import.meta.dirname, '../..'));

test('what drives a Docker engine is a part of its own, and every file is in one part only', () => {
  assert.ok(files.containers.includes('tests/containers/demo.test.ts'));
  const all = [...files.unit, ...files.heavy, ...files.integration, ...files.alone, ...files.containers];
  assert.equal(new Set(all).size, all.length);
  assert.ok(all.includes('tests/runner/test-files.test.ts'));
});

test('what runs again in containers is there', () => {
  const all = [...files.unit, ...files.heavy, ...files.integration];
  assert.deepEqual(
    againInContainers.filter((file) => !all.includes(file)),
    [],
  );
});
