import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Abilities } from '@connector/active-directory/domain-controller.ts';
import { abilityFindings } from './check-abilities.ts';

const found = (lacks: Abilities['lacks'], offMs = 0) =>
  abilityFindings({ lacks, clockMs: 1_000_000 }, 'directory corp', 1_000_000 + offMs).map(
    ({ grade, text }) => `${grade}: ${text}`,
  );

test('a server that can do everything, with a clock that agrees, is fine', () => {
  assert.deepEqual(found([], -1_900), [
    'ok: changes, deletions, notifications and pages can be asked for',
    'ok: its clock and the one here agree',
  ]);
  assert.equal(abilityFindings({ lacks: [], clockMs: null }, 'x', 0).length, 1);
});

test('what a server can not do is named; without notifications the connector works all the same', () => {
  const [both = ''] = found(['dirSync', 'notification']);
  assert.match(both, /^failure: .*tell what has changed \(DirSync\), nor notify of changes: name a domain controller/);
  assert.match(found(['notification'])[0] ?? '', /^warning: .*found within a minute/);
});

test('clocks that are a minute apart are told of, whichever is ahead', () => {
  assert.match(found([], 30_000)[1] ?? '', /^ok: .*30 s apart$/);
  for (const offMs of [300_000, -300_000]) assert.match(found([], offMs)[1] ?? '', /^warning: .*5 min 0 s apart: keep/);
});
