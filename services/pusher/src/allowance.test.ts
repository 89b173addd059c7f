import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LastPassError } from '@connector/lastpass/errors.ts';
import { within } from '@connector/sync/requests/allowed-calls.ts';
import fc from 'fast-check';
import {
  type Allowance,
  allowanceAfter,
  type EndedCall,
  firstAllowance,
  isSame,
  type Most,
  quickMs,
  signOf,
} from './allowance.ts';

const most: Most = { callsPerSecond: 20, batchSize: 200 };
const first = firstAllowance(most);
const call = (changes: Partial<EndedCall> = {}): EndedCall => ({
  ...{ sign: 'well', takenAtMs: 1_000, tookMs: 50, accounts: 200 },
  ...changes,
});
const valuesOf = ({ callsPerSecond, batchSize }: Allowance) => [callsPerSecond.value, batchSize.value];
const after = (before: Allowance, changes: Partial<EndedCall>, nowMs = 2_000) =>
  allowanceAfter(before, call(changes), { most, nowMs });

describe('what a call told', () => {
  const codes = [
    { code: 'rate-limited', sign: 'too-often' },
    { code: 'too-large', sign: 'too-large' },
    { code: 'no-answer', sign: 'too-much' },
    { code: 'server-error', sign: 'nothing' },
    { code: 'connection-lost', sign: 'nothing' },
    { code: 'unreachable', sign: 'nothing' },
  ] as const;
  for (const { code, sign } of codes)
    test(`${code}: ${sign}`, () => assert.equal(signOf(new LastPassError(code, '', { arrived: 'no' })), sign));

  test('whoever asks to wait is called too often', () => {
    assert.equal(signOf(new LastPassError('server-error', '', { arrived: 'perhaps', retryAfterMs: 0 })), 'too-often');
  });
});

describe('trouble halves', () => {
  test('the rate, after 429', () => assert.deepEqual(valuesOf(after(first, { sign: 'too-often' })), [10, 200]));
  test('the batch, after 413', () => assert.deepEqual(valuesOf(after(first, { sign: 'too-large' })), [20, 100]));
  test('both, after a message or without an answer', () =>
    assert.deepEqual(valuesOf(after(first, { sign: 'too-much' })), [10, 100]));
  test('neither, when LastPass is away', () => assert.ok(isSame(after(first, { sign: 'nothing' }), first)));
  test('the rate alone, when a small batch has no answer: its size is not to blame', () =>
    assert.deepEqual(valuesOf(after(first, { sign: 'too-much', accounts: 99 })), [10, 200]));
  test('what was sent, after 413, however small it was', () =>
    assert.deepEqual(valuesOf(after(first, { sign: 'too-large', accounts: 12 })), [20, 6]));
  test('nothing, after 413 for one account or for none', () => {
    for (const accounts of [0, 1]) assert.ok(isSame(after(first, { sign: 'too-large', accounts }), first));
  });
});

test('what was lowered before Redis’ clock went back keeps nobody from learning', () => {
  const hence = { ...first, callsPerSecond: { value: 5, loweredAtMs: 3_600_000 } };
  assert.ok(after(hence, { sign: 'well' }).callsPerSecond.value > 5);
  assert.deepEqual(after(hence, { sign: 'too-often' }).callsPerSecond, { value: 2.5, loweredAtMs: 2_000 });
});

test('calls that fail side by side halve once, and those that left since then once more', () => {
  const once = after(first, { sign: 'too-much', takenAtMs: 1_000 }, 5_000);
  const beside = { sign: 'too-much', takenAtMs: 4_999 } as const;
  assert.ok(isSame(after(once, beside, 5_100), once));
  assert.deepEqual(valuesOf(after(once, { ...beside, takenAtMs: 5_001 }, 5_200)), [5, 50]);
});

test('an answer to what left before something was lowered raises nothing', () => {
  const lowered = after(first, { sign: 'too-much' }, 5_000);
  assert.ok(isSame(after(lowered, { takenAtMs: 4_000 }, 5_100), lowered));
  assert.deepEqual(valuesOf(after(lowered, { takenAtMs: 6_000, accounts: 100 }, 6_100)), [10.1, 102]);
});

test('only a quick answer raises, and the batch only when it was nearly full', () => {
  const lowered = after(first, { sign: 'too-much' }, 5_000);
  const next = { takenAtMs: 6_000, accounts: 100 };
  assert.ok(isSame(after(lowered, { ...next, tookMs: quickMs + 1 }), lowered));
  assert.deepEqual(valuesOf(after(lowered, { ...next, accounts: 74 })), [10.1, 100]);
});

test('when all is well, nothing changes: there is nothing to write', () => {
  assert.ok(isSame(after(first, {}), first));
});

const mosts = fc.record({
  callsPerSecond: fc.integer({ min: 1, max: 1_000 }),
  batchSize: fc.integer({ min: 1, max: 500 }),
});

test('whatever happens, neither leaves its bounds', () => {
  const calls = fc.array(
    fc.record({
      sign: fc.constantFrom('well', 'too-often', 'too-large', 'too-much', 'nothing'),
      takenAtMs: fc.integer({ min: 0, max: 10_000 }),
      tookMs: fc.integer({ min: 0, max: 20_000 }),
      accounts: fc.integer({ min: 0, max: 500 }),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(mosts, calls, (given, ended) => {
      let allowance = firstAllowance(given);
      for (const each of ended as EndedCall[]) {
        allowance = allowanceAfter(allowance, each, { most: given, nowMs: each.takenAtMs + each.tookMs });
        const { callsPerSecond, batchSize } = allowance;
        assert.ok(callsPerSecond.value >= 1 && callsPerSecond.value <= given.callsPerSecond);
        assert.ok(batchSize.value >= 1 && batchSize.value <= given.batchSize);
      }
    }),
  );
});

test('whatever was remembered is brought within its bounds', () => {
  fc.assert(fc.property(fc.double(), (value) => within(value, 20) >= 1 && within(value, 20) <= 20));
});

/** A LastPass that bears so much, called without a gap. @returns what was allowed at each call, and what the call told */
function simulate({ given, bears, calls }: { given: Most; bears: Most; calls: number }) {
  let allowance = firstAllowance(given);
  let nowMs = 1;
  const taken: number[] = [];
  const seen: { sign: EndedCall['sign']; callsPerSecond: number; batchSize: number }[] = [];
  for (let count = 0; count < calls; count++) {
    const [callsPerSecond = 0, batchSize = 0] = valuesOf(allowance);
    nowMs += 1_000 / callsPerSecond;
    const accounts = Math.floor(batchSize);
    while (taken[0] !== undefined && taken[0] <= nowMs - 1_000) taken.shift();
    const isTooOften = taken.length >= bears.callsPerSecond;
    if (!isTooOften) taken.push(nowMs);
    const sign = isTooOften ? 'too-often' : accounts > bears.batchSize ? 'too-large' : 'well';
    seen.push({ sign, callsPerSecond, batchSize });
    const ended: EndedCall = { sign, takenAtMs: nowMs, tookMs: 1, accounts };
    allowance = allowanceAfter(allowance, ended, { most: given, nowMs: nowMs + 0.1 });
    if (isTooOften) nowMs += 1_000; // the pause
  }
  return seen;
}

test('it finds what LastPass bears: from then on it keeps near it, and is seldom refused', () => {
  const borne = fc.record({
    callsPerSecond: fc.integer({ min: 8, max: 100 }),
    batchSize: fc.integer({ min: 50, max: 500 }),
  });
  fc.assert(
    fc.property(borne, (bears) => {
      const settled = simulate({ given: { callsPerSecond: 100, batchSize: 500 }, bears, calls: 6_000 }).slice(2_000);
      for (const each of ['callsPerSecond', 'batchSize'] as const) {
        const values = settled.map((seen) => seen[each]);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        assert.ok(mean >= bears[each] / 2, `${each}: ${mean} on average, of ${bears[each]}`);
        const highest = Math.max(...values);
        assert.ok(highest <= bears[each] + 3, `${each}: up to ${highest}, of ${bears[each]}`);
      }
      const refused = settled.filter(({ sign }) => sign !== 'well').length / settled.length;
      assert.ok(refused < 0.2, `${refused} of the calls are refused`);
    }),
    { numRuns: 60 },
  );
});

test('it is back at the most once LastPass bears everything again', () => {
  const given: Most = { callsPerSecond: 25, batchSize: 200 };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), (halvings) => {
      let allowance = firstAllowance(given);
      let nowMs = 1;
      const next = (sign: EndedCall['sign']) => {
        const accounts = Math.floor(allowance.batchSize.value);
        allowance = allowanceAfter(
          allowance,
          { sign, takenAtMs: nowMs, tookMs: 1, accounts },
          { most: given, nowMs: nowMs + 1 },
        );
        nowMs += 2;
      };
      for (let count = 0; count < halvings; count++) next('too-much');
      for (let count = 0; count < 400; count++) next('well');
      assert.deepEqual(valuesOf(allowance), [25, 200]);
    }),
  );
});
