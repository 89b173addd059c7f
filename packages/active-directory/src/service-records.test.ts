import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inOrder } from './service-records.ts';

const record = (name: string, priority: number, weight: number) => ({ name, priority, weight, port: 389 });
const names = (records: readonly { name: string }[]) => records.map(({ name }) => name).join('');

/** Equally spread numbers, the same at each run. */
function spread(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
}

/** How often each came first, of 10,000. */
function firsts(records: readonly ReturnType<typeof record>[]): Record<string, number> {
  const random = spread();
  const counts: Record<string, number> = Object.fromEntries(records.map(({ name }) => [name, 0]));
  for (let draw = 0; draw < 10_000; draw++) {
    const first = inOrder(records, random)[0]?.name ?? '';
    counts[first] = (counts[first] ?? 0) + 1;
  }
  return counts;
}

describe('the order of service records', () => {
  it('is by priority, whatever the weights', () => {
    const records = [record('c', 20, 60_000), record('a', 0, 0), record('b', 10, 1)];
    for (const random of [() => 0, () => 0.999]) assert.equal(names(inOrder(records, random)), 'abc');
  });

  it('follows the weights within a priority', () => {
    const { light = 0, heavy = 0 } = firsts([record('light', 0, 100), record('heavy', 0, 300)]);
    assert.ok(heavy / light > 2.6 && heavy / light < 3.4, `${heavy} : ${light}`);
  });

  it('gives one without a weight a small chance beside the others', () => {
    const { none = 0 } = firsts([record('none', 0, 0), record('some', 0, 20)]);
    assert.ok(none > 100 && none < 1_000, String(none));
  });

  it('is even where nothing weighs anything', () => {
    const counts = Object.values(firsts([record('a', 0, 0), record('b', 0, 0), record('c', 0, 0)]));
    for (const count of counts) assert.ok(count > 3_000 && count < 3_700, String(counts));
  });

  it('names each record once', () => {
    const random = spread();
    const records = [record('a', 0, 5), record('b', 0, 0), record('c', 0, 7), record('d', 1, 0), record('e', 1, 1)];
    for (let draw = 0; draw < 200; draw++) assert.equal([...names(inOrder(records, random))].sort().join(''), 'abcde');
  });
});
