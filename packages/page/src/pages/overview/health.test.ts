import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatusDocument } from '../../api/documents.ts';
import { healthOf, isFirstRun } from './health.ts';
import { someStatus } from './some-status.ts';

test('where nothing stands in the way it is said in one sentence, with nothing else', () => {
  assert.deepEqual(healthOf(someStatus()), {
    grade: 'good',
    title: 'Nothing stands in the way of the sync.',
    lines: [],
  });
});

test('problems are told as sentences, and make it bad', () => {
  const { grade, title, lines } = healthOf(
    someStatus({ problems: ['no pusher is running: start it', 'LastPass: no'] }),
  );
  assert.equal(grade, 'bad');
  assert.equal(title, '2 things stand in the way of the sync.');
  assert.deepEqual(lines, ['No pusher is running: start it.', 'LastPass: no.']);
});

test('what wants a word makes it waiting, and nothing is wrong', () => {
  const first = someStatus({ firstRun: { limit: 5, created: 5, waiting: 40 } });
  const manual = someStatus({ mode: 'manual', people: { ...someStatus().people, toDeliver: 1 } });
  for (const status of [first, manual]) assert.equal(healthOf(status).grade, 'waiting');
  assert.match(healthOf(first).lines[0] ?? '', /40 people have no account until then/);
  assert.match(healthOf(manual).lines[0] ?? '', /1 person waits for a sync/);
});

test('messages that do not get out are told, and stop nothing', () => {
  const since = '2026-11-29T09:00:00.000Z';
  const untold = [{ way: 'webhook' as const, waiting: 2, since, failure: 'the host can’t be reached: check it' }];
  const { grade, lines } = healthOf(someStatus({ untold }));
  assert.equal(grade, 'waiting');
  assert.deepEqual(lines, ['Messages by webhook don’t get out: The host can’t be reached: check it.']);
});

test('people on the way are no reason to look worried, and stay out of what is read out', () => {
  const { grade, title, lines } = healthOf(someStatus({ people: { ...someStatus().people, toPlan: 7 } }));
  assert.equal(grade, 'good');
  assert.doesNotMatch(title, /7/);
  assert.deepEqual(lines, ['7 people are on the way.']);
});

test('the first run is led through until it is confirmed, and not again for one more directory', () => {
  const read = someStatus().directories;
  const unread: StatusDocument['directories'] = read.map((each) => ({ ...each, id: 'other', completedAt: null }));
  assert.equal(isFirstRun(someStatus({ directories: unread })), true);
  assert.equal(isFirstRun(someStatus({ firstRun: { limit: 5, created: 0, waiting: 0 } })), true);
  assert.equal(isFirstRun(someStatus({ directories: [...read, ...unread] })), false);
});
