import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstCursor } from '@connector/shared/directory-state.ts';
import { isFinished, outstandingOf, partsOf, type Snapshot } from './outstanding.ts';
import { isAnswered, isLost, type SyncRequest } from './request.ts';

const request: SyncRequest = { id: 'mine', full: true, before: { 'full-read': 'old', changes: null, accounts: null } };
const finished: Snapshot = {
  requests: { 'full-read': 'mine', changes: null, accounts: 'mine' },
  directories: [
    { id: 'corp', cursor: { ...firstCursor, sequence: 9, answered: 'mine' }, appliedSequence: 9, gap: false },
  ],
  accountsRead: { atMs: 1, total: 5, answered: 'mine' },
  toPlan: 0,
  toMove: 0,
  toJudge: 0,
  toDeliver: 0,
};
const outstanding = (changes: Partial<Snapshot>) => outstandingOf({ ...finished, ...changes }, request);
const kinds = (changes: Partial<Snapshot>) => partsOf(outstanding(changes)).map(({ kind }) => kind);

test('a sync is finished when everything is read, applied, planned, judged and delivered', () => {
  assert.equal(isFinished(outstanding({})), true);
});

test('each thing left keeps a sync from its end', () => {
  const directory = finished.directories[0];
  assert.ok(directory);
  assert.deepEqual(kinds({ directories: [{ ...directory, cursor: { ...directory.cursor, answered: 'old' } }] }), [
    'reading',
  ]);
  assert.deepEqual(kinds({ directories: [directory, { ...directory, id: 'two', appliedSequence: 7 }] }), [
    'logEntries',
  ]);
  assert.deepEqual(kinds({ directories: [{ ...directory, gap: true }] }), ['reading']);
  assert.deepEqual(kinds({ accountsRead: null }), ['readingAccounts']);
  assert.deepEqual(kinds({ toPlan: 1 }), ['toPlan']);
  assert.deepEqual(kinds({ toJudge: 1 }), ['toJudge']);
  assert.deepEqual(kinds({ toDeliver: 1 }), ['toDeliver']);
});

test('a sync that is not full waits for the changes, and for the first full read', () => {
  const asked: SyncRequest = { ...request, full: false };
  const reading = (cursor: Partial<typeof firstCursor>) => {
    const [directory] = finished.directories;
    assert.ok(directory);
    const requests = { 'full-read': null, changes: 'mine', accounts: 'mine' };
    const directories = [{ ...directory, cursor: { ...directory.cursor, answered: null, ...cursor } }];
    return outstandingOf({ ...finished, requests, directories }, asked).reading;
  };
  assert.deepEqual(reading({ completed: 1, answeredChanges: 'mine' }), []);
  assert.deepEqual(reading({ completed: 1, answeredChanges: 'old' }), ['corp']);
  assert.deepEqual(reading({ completed: 0, answeredChanges: 'mine' }), ['corp']);
});

test('what is outstanding is told in the order in which it is done', () => {
  const texts = partsOf(outstanding({ accountsRead: null, toPlan: 3, toDeliver: 2 })).map(({ text }) => text);
  assert.deepEqual(texts, ['reading the accounts', 'planning 3', 'delivering 2']);
});

test('our request is answered also when a newer one has taken its place and that one was', () => {
  const asked = { id: 'mine', before: 'old', now: 'mine' };
  assert.equal(isAnswered('mine', asked), true);
  assert.equal(isAnswered('newer', { ...asked, now: 'newer' }), true);
  assert.equal(isAnswered('mine', { ...asked, now: 'newer' }), true);
  assert.equal(isAnswered('old', asked), false);
  assert.equal(isAnswered(null, asked), false);
});

test('a request that Redis has lost is not taken for answered because the one before it was', () => {
  assert.equal(isAnswered('old', { id: 'mine', before: 'old', now: 'old' }), false);
  assert.equal(isAnswered(null, { id: 'mine', before: null, now: null }), false);
  assert.equal(isLost(request, request.before), true);
  assert.equal(isLost(request, { 'full-read': 'mine', changes: null, accounts: 'mine' }), false);
  assert.equal(isLost(request, { 'full-read': 'newer', changes: null, accounts: 'mine' }), false);
});
