import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdictOf } from './verdict.ts';

const head = { sequence: 31, hash: 'ab' };
const whole = { whole: true, entries: 31, trimmed: 0, head, broken: null, knownTrimmed: false };

test('a whole trail is told with what to note elsewhere', () => {
  const { grade, title, command } = verdictOf(whole);
  assert.equal(grade, 'good');
  assert.equal(title, 'It is whole: 31 entries, none taken out, put in or changed since they were sealed.');
  assert.equal(command, 'connector audit verify --known 31:ab');
});

test('a broken one names the entry, and gives nothing to note', () => {
  const broken = { sequence: 7, problem: 'it is missing' };
  const { grade, title, lines, command } = verdictOf({ ...whole, whole: false, entries: 6, trimmed: 2, broken });
  assert.equal(grade, 'bad');
  assert.equal(title, 'Entry 7 isn’t as it was written: it is missing.');
  assert.deepEqual(lines.at(-1), '2 older ones were trimmed, as audit.keep says.');
  assert.equal(command, null);
});

test('before the first entry there is nothing to prove', () => {
  assert.equal(verdictOf({ ...whole, entries: 0, head: { sequence: 0, hash: '00' } }).grade, 'nothing');
});
