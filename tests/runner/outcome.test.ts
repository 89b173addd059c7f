import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureText, type Outcome } from './outcome.ts';

const failed: Outcome = {
  name: 'a.test.ts',
  passed: 1,
  failed: 1,
  skipped: 0,
  durationMs: 5,
  output: '',
  problem: null,
};

test('a failure is told by the list of failed tests at the end of its output', () => {
  const output = '✖ adds up (1 ms)\nℹ fail 1\n\n✖ failing tests:\n\n✖ adds up (1 ms)\n  1 !== 2\n';
  assert.equal(failureText({ ...failed, output }), 'a.test.ts\n     | \n     | ✖ adds up (1 ms)\n     |   1 !== 2');
});

test('without such a list a failure is told by the last lines, with the reason', () => {
  const output = Array.from({ length: 60 }, (_, index) => `line ${index + 1}`).join('\n');
  const lines = failureText({ ...failed, output, problem: 'was ended after 5 minutes' }).split('\n');
  assert.deepEqual(
    [lines[0], lines[1], lines.at(-1)],
    ['a.test.ts: was ended after 5 minutes', '     | line 21', '     | line 60'],
  );
});
