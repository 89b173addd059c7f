import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery } from '@connector/sync/calls/delivery.ts';
import { CommandMisses, callsOf, setAsideForMs } from './misses.ts';

const people = (count: number): Delivery[] =>
  Array.from({ length: count }, (_, index) => ({
    person: `corp/${index}`,
    plan: {
      username: `p${index}@company.test`,
      name: `P${index}`,
      steps: [{ kind: 'enable', because: 'test' }],
      guarded: null,
      cleared: false,
      mustHold: null,
      certain: false,
      heldBecause: null,
      inputs: { touched: 1, account: null, policy: '1' },
      madeAtMs: 0,
    },
    planRaw: '',
    attempts: 0,
    account: null,
    link: null,
  }));

/** Sends until the poisoned ones are alone. @returns how many calls it took, and who was set aside */
function isolate({ count, poisoned, atMost }: { count: number; poisoned: readonly string[]; atMost: number }) {
  const misses = new Map<string, number>();
  const aside = new Set<string>();
  let left = people(count);
  let calls = 0;
  while (left.length > 0 && calls < 5_000) {
    const rest: Delivery[] = [];
    for (const call of callsOf(left, { atMost, missesOf: ({ person }) => misses.get(person) ?? 0 })) {
      calls++;
      if (!call.some(({ person }) => poisoned.includes(person))) continue;
      for (const delivery of call) {
        const now = (misses.get(delivery.person) ?? 0) + 1;
        misses.set(delivery.person, now);
        if (setAsideForMs({ misses: now, together: call.length }) === null) rest.push(delivery);
        else aside.add(delivery.person);
      }
    }
    left = rest;
  }
  return { calls, aside: [...aside].sort() };
}

test('one account that nothing is answered about is alone after a logarithmic number of calls', () => {
  for (const atMost of [1, 2, 3, 7, 200, 500])
    for (const count of [1, 2, 5, 199, 1_000])
      for (const index of [0, count >> 1, count - 1]) {
        const { calls, aside } = isolate({ count, poisoned: [`corp/${index}`], atMost });
        assert.deepEqual(aside, [`corp/${index}`]);
        const together = Math.min(atMost, count);
        const most = Math.ceil(count / atMost) + 2 * Math.ceil(Math.log2(together)) + 2;
        assert.ok(calls <= most, `${calls} calls for ${count} people by ${atMost}, more than ${most}`);
      }
});

test('several are found side by side', () => {
  const poisoned = ['corp/1', 'corp/150', 'corp/151', 'corp/700'];
  const { calls, aside } = isolate({ count: 1_000, poisoned, atMost: 200 });
  assert.deepEqual(aside, poisoned);
  assert.ok(calls <= 5 + 4 * (2 * Math.ceil(Math.log2(200)) + 2), `${calls} calls`);
});

test('alone, an account is set aside with the third miss, for longer each time', () => {
  const minutes = [1, 2, 3, 4, 5, 6].map((misses) => (setAsideForMs({ misses, together: 1 }) ?? 0) / 60_000);
  assert.deepEqual(minutes, [0, 0, 5, 10, 15, 15]);
  assert.equal(setAsideForMs({ misses: 9, together: 2 }), null);
});

test('a command that LastPass answers to nobody is no account’s fault, for a minute', () => {
  const misses = new CommandMisses();
  const counted = Array.from({ length: 12 }, () => misses.missed('batchadd', 0));
  assert.deepEqual(counted, [...Array.from({ length: 9 }, () => true), false, false, false]);
  assert.equal(misses.missed('deluser', 0), true);
  assert.equal(misses.missed('batchadd', 59_999), false);
  assert.equal(misses.missed('batchadd', 60_000), true);
  misses.answered('batchadd');
  assert.equal(misses.missed('batchadd', 60_001), true);
});
