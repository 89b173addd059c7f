import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rehearse } from '../../testing/rehearse.ts';

// The present is 2026-03-01 10:00:00.
const OLD = { neverloggedin: false, last_pw_change: '2026-01-01 00:00:00' };
const USERS = [
  { ...OLD, id: '1', username: 'a@example.com' },
  { ...OLD, id: '2', username: 'b@example.com', last_pw_change: '2026-02-20 00:00:00' },
  { ...OLD, id: '3', username: 'off@example.com', disabled: true },
  { ...OLD, id: '4', username: 'new@example.com', neverloggedin: true },
  { ...OLD, id: '5', username: 'c@example.com' },
  { ...OLD, id: '60', username: 'd@example.com' },
];

test('who is at work with a password that is too old; nobody unless passwords expire', () => {
  assert.deepEqual(rehearse({ users: USERS }).run('expiredmasterpwlist', null).wire, {
    status: 'Success',
    continuation: { remaining_item_count: 0 },
    items: [],
  });
  const { items } = rehearse({ users: USERS }, { masterPasswordDays: 30 }).run('expiredmasterpwlist', []).wire;
  assert.deepEqual(items, [
    { user_id: 1, user_name: 'a@example.com', last_pw_change: '2026-01-01 00:00:00' },
    { user_id: 5, user_name: 'c@example.com', last_pw_change: '2026-01-01 00:00:00' },
    { user_id: 60, user_name: 'd@example.com', last_pw_change: '2026-01-01 00:00:00' },
  ]);
});

test('the token goes on after the last one, by number and not by alphabet', () => {
  const { run } = rehearse({ users: USERS }, { masterPasswordDays: 30 });
  const ask = (data: object) => {
    const { items, continuation } = run('expiredmasterpwlist', data).wire as Record<string, unknown>;
    return [(items as { user_id: number }[]).map(({ user_id }) => user_id), continuation];
  };
  assert.deepEqual(ask({ limit: 1 }), [[1], { token: '1', remaining_item_count: 2 }]);
  assert.deepEqual(ask({ limit: '1', continuation_token: '1' }), [[5], { token: '5', remaining_item_count: 1 }]);
  assert.deepEqual(ask({ continuation_token: '5' }), [[60], { remaining_item_count: 0 }]);
  assert.match(String(run('expiredmasterpwlist', { continuation_token: 'x' }).wire['error']), /continuation_token/);
});

test('500 at most at once, whatever the limit', () => {
  const users = Array.from({ length: 501 }, (_, at) => ({ ...OLD, username: `u${at}@example.com` }));
  const { run } = rehearse({ users }, { masterPasswordDays: 30 });
  for (const data of [null, { limit: 1_000 }, { limit: 0 }]) {
    const { items, continuation } = run('expiredmasterpwlist', data).wire;
    assert.deepEqual([(items as []).length, continuation], [500, { token: '450000500', remaining_item_count: 1 }]);
  }
});
