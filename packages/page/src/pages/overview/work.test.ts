import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatusDocument } from '../../api/documents.ts';
import { someStatus } from './some-status.ts';
import { isAllKnown, isLong, outstanding, workAfter } from './work.ts';

const status = (people: Partial<StatusDocument['people']>, others: Partial<StatusDocument> = {}): StatusDocument =>
  someStatus({ people: { ...someStatus().people, ...people }, ...others });

test('where nothing is to be done there is no work', () => {
  assert.equal(workAfter(null, status({})), null);
});

test('who is held back by a pause or until a sync is no work', () => {
  assert.equal(workAfter(null, status({ toDeliver: 40 })), null);
});

test('the share that is done is told of the most there were, also when people pass from planning to delivery', () => {
  const first = workAfter(null, status({ toPlan: 100 }));
  const second = workAfter(
    first,
    status({ toPlan: 20, toDeliver: 60 }, { delivering: { people: 60, timeLeftMs: 30_000 } }),
  );
  assert.equal(first?.stage, 'planning');
  assert.deepEqual(second, { stage: 'delivering', left: 80, most: 100, aMinute: 120, timeLeftMs: 30_000 });
});

test('while anything is read the time left is the least, and a full read is long work with nobody to plan', () => {
  const reading = status(
    {},
    { directories: someStatus().directories.map((each) => ({ ...each, fullRead: 'under way' })) },
  );
  const work = workAfter(null, reading);
  assert.equal(work?.stage, 'reading');
  assert.equal(work && isLong(work, reading), true);
  assert.equal(isAllKnown(reading), false);
  assert.equal(isAllKnown(status({ toDeliver: 3 })), true);
});

test('a few people are no long work', () => {
  const few = status({ toPlan: 3 });
  const work = workAfter(null, few);
  assert.equal(outstanding(few), 3);
  assert.equal(work && isLong(work, few), false);
});
