import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byGrade, findingsText } from './found.ts';

const finding = (grade: 'ok' | 'warning' | 'failure', end: string) => ({
  grade,
  end,
  what: 'answer' as const,
  text: 'so it is',
});

test('what is wrong comes first, and the rest stays in its order', () => {
  const found = [finding('ok', 'a'), finding('warning', 'b'), finding('ok', 'c'), finding('failure', 'd')];
  assert.deepEqual(
    byGrade(found).map(({ end }) => end),
    ['d', 'b', 'a', 'c'],
  );
  assert.equal(findingsText(found), '1 failure and 1 warning; 2 are as they should be.');
});

test('where nothing is wrong a sentence says so', () => {
  assert.equal(findingsText([finding('ok', 'a')]), 'Everything is as it should be.');
});
