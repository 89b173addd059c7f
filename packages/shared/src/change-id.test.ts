import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeId, loggedChanges, loggedPeople } from './change-id.ts';

test('a line names each change once, and not too many', () => {
  assert.equal(changeId('corp', 4711), 'corp/4711');
  assert.deepEqual(loggedChanges(['corp/1', null, 'corp/2', undefined, 'corp/1']), { changes: ['corp/1', 'corp/2'] });
  assert.deepEqual(loggedChanges([]), { changes: [] });
  const many = Array.from({ length: 25 }, (_, index) => changeId('corp', index));
  assert.deepEqual(loggedChanges(many), { changes: many.slice(0, 20), moreChanges: 5 });
  assert.deepEqual(loggedPeople(many), { who: many.slice(0, 20), people: 25 });
});
