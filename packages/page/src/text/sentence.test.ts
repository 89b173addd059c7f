import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSentence } from './sentence.ts';

test('a line becomes a sentence, and one that is one stays as it is', () => {
  assert.deepEqual(
    ['no pusher is running', 'Redis is away.', 'see "connector aside"', 'is it “on”?', ''].map(asSentence),
    ['No pusher is running.', 'Redis is away.', 'See "connector aside".', 'Is it “on”?', ''],
  );
});

test('what begins with a name keeps its small letter', () => {
  assert.deepEqual(
    ['userBases: it is there', 'console.signIn.viewers: it is there', 'dc1.corp.test answers'].map(asSentence),
    ['userBases: it is there.', 'console.signIn.viewers: it is there.', 'dc1.corp.test answers.'],
  );
});
