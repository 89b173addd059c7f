/** What several runs come to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Figure, percentile, resultsOf } from './figure.ts';
import { tableOf } from './table.ts';

const time: Figure = { what: 'time', unit: 'ms', target: { of: 'ratio', atMost: 1.25 } };
const calls: Figure = { what: 'calls', unit: 'calls', target: { of: 'value', atMost: 5 } };
const speed: Figure = { what: 'speed', unit: '×', target: { of: 'value', atLeast: 1.9 } };

test('each run is compared with its own yardstick, so that a busy moment that both had counts for nothing', () => {
  const [result] = resultsOf([
    { figure: time, value: 120, yardstick: 100 },
    { figure: time, value: 1_200, yardstick: 1_000 },
    { figure: time, value: 130, yardstick: 100 },
  ]);
  assert.deepEqual(result?.ratio, { median: 1.2, min: 1.2, max: 1.3 });
  assert.deepEqual(result?.value, { median: 130, min: 120, max: 1_200 });
  assert.equal(result?.isMet, true);
});

test('the median is judged: at most, or at least', () => {
  const judged = (figure: Figure, ...values: number[]) =>
    resultsOf(values.map((value) => ({ figure, value })))[0]?.isMet;
  assert.equal(judged(calls, 5, 5, 9), true);
  assert.equal(judged(calls, 5, 6, 6), false);
  assert.equal(judged(speed, 1.9), true);
  assert.equal(judged(speed, 1.8, 1.85), false);
  assert.equal(judged({ what: 'x', unit: 'ms' }, 1), null);
  assert.equal(judged(time, 1), false, 'a ratio without a yardstick is met by nothing');
});

test('of two, the median lies between', () => {
  assert.equal(resultsOf([1, 2].map((value) => ({ figure: calls, value })))[0]?.value.median, 1.5);
});

test('a percentile is one of the values', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index);
  assert.deepEqual([percentile(hundred, 0.5), percentile(hundred, 0.95), percentile([7], 0.95)], [50, 95, 7]);
  assert.throws(() => percentile([], 0.5), RangeError);
});

test('the table says what was to be, and whether it is', () => {
  const text = tableOf(
    resultsOf([
      { figure: time, value: 250, yardstick: 100 },
      { figure: calls, value: 3 },
      { figure: { what: 'more', unit: 'ms' }, value: 1.234 },
    ]),
  );
  const lines = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  assert.deepEqual(lines[2]?.slice(1, -1), ['time', '250 ms', '250', '250', '100 ms', '2.50', '≤ 1.25 ×', 'NO']);
  assert.deepEqual(lines[3]?.slice(1, -1), ['calls', '3', '3', '3', '', '', '≤ 5', 'yes']);
  assert.deepEqual(lines[4]?.slice(1, -1), ['more', '1.23 ms', '1.23', '1.23', '', '', '', '']);
});
