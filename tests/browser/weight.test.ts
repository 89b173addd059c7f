/** How much a browser has to load, at most. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const folder = resolve(import.meta.dirname, '../../packages/page/dist');
const mostBytes = 300_000;

test('all scripts of the page together, those that are loaded later included, are less than 300 kB gzipped', () => {
  const scripts = globSync('**/*.js', { cwd: folder });
  assert.ok(scripts.length > 5, 'the page isn’t built: run ./setup');
  const bytes = scripts.reduce((sum, file) => sum + gzipSync(readFileSync(resolve(folder, file))).length, 0);
  assert.ok(bytes < mostBytes, `they are ${bytes} bytes`);
});

test('the page has nothing that its security policy forbids, and names no other host', () => {
  const text = readFileSync(resolve(folder, 'index.html'), 'utf8');
  assert.doesNotMatch(text, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?:/);
});
