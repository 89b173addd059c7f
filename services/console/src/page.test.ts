import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paged, pageOf } from './page.ts';

const document = { pending: [1, 2, 3], rejected: [4, 5], more: 'told' };

test('pages run on from one array to the next, and every page has the rest', () => {
  const page = (offset: number, limit: number) => pageOf(document, ['pending', 'rejected'], { offset, limit });
  const told = { offset: 2, limit: 2, total: 5 };
  assert.deepEqual(page(2, 2), { pending: [3], rejected: [4], more: 'told', page: told });
  assert.deepEqual([page(0, 2)['pending'], page(0, 2)['rejected']], [[1, 2], []]);
  assert.deepEqual([page(4, 100)['pending'], page(4, 100)['rejected']], [[], [5]]);
  assert.deepEqual([page(9, 1)['pending'], page(9, 1)['rejected']], [[], []]);
});

test('all pages together are the list, whatever their size', () => {
  for (const limit of [1, 2, 3, 4, 5, 6]) {
    const seen = [];
    for (let offset = 0; offset < 5; offset += limit) {
      const { pending, rejected } = pageOf(document, ['pending', 'rejected'], { offset, limit });
      seen.push(...(pending as number[]), ...(rejected as number[]));
    }
    assert.deepEqual(seen, [1, 2, 3, 4, 5]);
  }
});

test('a page is asked for in whole numbers, a thousand at most', () => {
  assert.deepEqual(paged.parse({}), { offset: 0, limit: 100 });
  assert.deepEqual(paged.parse({ offset: '7', limit: '1000' }), { offset: 7, limit: 1_000 });
  for (const wrong of [{ limit: '0' }, { limit: '1001' }, { offset: '-1' }, { offset: 'x' }, { page: '1' }])
    assert.equal(paged.safeParse(wrong).success, false, JSON.stringify(wrong));
});
