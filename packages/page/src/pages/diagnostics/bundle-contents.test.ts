import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundleContents } from './bundle-contents.ts';

test('a bundle is told by its size and what it has', () => {
  const key = { kind: 'session:*', keys: 1, values: 1, bytes: 80 };
  const text = 'é'.repeat(1_100);
  assert.equal(
    bundleContents({ queues: [], redis: { server: {}, keys: [key] }, log: [{}, {}] }, text),
    '3 kB, with 0 queues, 1 kind of key in Redis, 2 lines of the logs.',
  );
});
