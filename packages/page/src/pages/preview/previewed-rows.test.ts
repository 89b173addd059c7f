import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLeaverStep, step } from '@connector/shared/plan.ts';
import { countsBy, filtered, isLeaverKind, noFilter, rowsIn } from './previewed-rows.ts';
import { somePreview } from './some-preview.ts';

const rows = rowsIn(somePreview);

test('leavers come first, and of whom a part is held is there twice', () => {
  assert.deepEqual(
    rows.map(({ name, outcome }) => [name, outcome]),
    [
      ['Zed', 'held'],
      ['=Ann "New", Ltd', 'sent'],
      ['Eve\r\nil', 'pending'],
      ['Gus', 'drift'],
      ['nomail', 'set aside'],
      ['Sales', 'held'],
      ['Zed', 'sent'],
    ],
  );
  assert.equal(new Set(rows.map(({ key }) => key)).size, rows.length);
});

test('leavers are whom the guard counts', () => {
  for (const { shape } of step.options) {
    const { value: kind } = shape.kind;
    assert.equal(isLeaverKind(kind), isLeaverStep({ kind, because: '' } as Parameters<typeof isLeaverStep>[0]), kind);
  }
});

test('it is filtered by text, kind and outcome, each for itself and together', () => {
  const names = (filter: Partial<typeof noFilter>) => filtered(rows, { ...noFilter, ...filter }).map(({ key }) => key);
  assert.equal(names({}).length, rows.length);
  assert.deepEqual(names({ text: ' REVENUE ' }), ['held corp/9']);
  assert.deepEqual(names({ text: 'corp/1' }), ['sent corp/1']);
  assert.deepEqual(names({ kinds: ['rename'] }), ['sent corp/1', 'sent corp/6']);
  assert.deepEqual(names({ kinds: ['disable', 'create'], outcome: 'pending' }), ['pending corp/3']);
});

test('each kind is counted once for everybody who has it', () => {
  assert.deepEqual(Object.fromEntries(countsBy(rows, ({ kinds }) => kinds)), {
    ...{ disable: 1, rename: 2, 'join-groups': 1, create: 1, drift: 1, 'set aside': 1, 'rename-group': 1 },
  });
});
