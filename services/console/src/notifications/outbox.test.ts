import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testBody } from './message.ts';
import { dueOf, outdatedBy, pauseAfterMs, type Waiting } from './outbox.ts';
import type { Phase } from './what-to-tell.ts';

const body = testBody({ connector: 'connector', atMs: 0 });
const waiting = (id: string, about: string, changes: Partial<Waiting> & { phase?: Phase } = {}): Waiting => {
  const { phase = 'raised', ...others } = changes;
  return {
    id,
    about,
    way: 'webhook',
    field: `webhook/${id}`,
    raw: '',
    body: { ...body, data: { ...body.data, phase } },
    atMs: 0,
    attempts: 0,
    nextTryAtMs: 0,
    failure: null,
    ...others,
  };
};
const idsOf = (all: readonly Waiting[]) => all.map(({ id }) => id);

test('of each condition the oldest message alone is due, though another one of it could be sent; ways do not wait for each other', () => {
  const all = [
    waiting('1', 'people-held', { nextTryAtMs: 100, attempts: 1 }),
    waiting('2', 'no-seat'),
    waiting('3', 'people-held', { phase: 'over' }),
    waiting('4', 'people-held', { way: 'email' }),
  ];
  assert.deepEqual(idsOf(dueOf(all, 'webhook', 99)), ['2']);
  assert.deepEqual(idsOf(dueOf(all, 'webhook', 100)), ['1', '2']);
  assert.deepEqual(idsOf(dueOf(all, 'email', 0)), ['4']);
});

test('a newer message replaces the changes and reminders of its condition that were never tried, and nothing else', () => {
  const all = [
    waiting('1', 'people-held'),
    waiting('2', 'people-held', { phase: 'changed', attempts: 1 }),
    waiting('3', 'people-held', { phase: 'changed' }),
    waiting('4', 'people-held', { phase: 'reminder', way: 'email' }),
    waiting('5', 'no-seat', { phase: 'changed' }),
    waiting('6', 'people-held', { phase: 'over' }),
  ];
  assert.deepEqual(idsOf(outdatedBy(all, 'people-held')), ['3', '4']);
});

test('tries get ever rarer, down to one an hour', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 100].map((attempts) => pauseAfterMs(attempts) / 1_000);
  assert.deepEqual(pauses, [5, 30, 120, 600, 1_800, 3_600, 3_600, 3_600]);
});
