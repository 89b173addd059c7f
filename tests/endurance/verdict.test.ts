import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arrivals } from './arrivals.ts';
import { percentile, verdictOn } from './verdict.ts';

const span = { fromMs: 0, toMs: 3_600_000 };
const everyTenSeconds = Array.from({ length: 361 }, (_, index) => index * 10_000);
/** A figure that is of a size at each moment. */
const samplesOf = (rss: (share: number) => number) =>
  everyTenSeconds.map((atMs) => ({ atMs, bytes: { 'watcher rss': rss(atMs / span.toMs), 'watcher heap': atMs + 1 } }));
const arrivalsOf = (latency: (share: number) => number) =>
  everyTenSeconds.map((atMs) => ({ atMs, latencyMs: latency(atMs / span.toMs), step: 'rename' as const }));
const steady = {
  span,
  samples: samplesOf(() => 100),
  arrivals: arrivalsOf(() => 100),
  slow: 0,
  lost: 0,
  differences: [],
};

test('a run in which nothing grows or slows down is good, whatever the heap and the first minutes do', () => {
  assert.deepEqual(verdictOn(steady).problems, []);
  const warming = samplesOf((share) => (share < 1 / 6 ? 20 : 100));
  assert.deepEqual(verdictOn({ ...steady, samples: warming }).problems, []);
});

test('growth beyond a tenth after the first ten minutes is told', () => {
  assert.deepEqual(verdictOn({ ...steady, samples: samplesOf((share) => 100 + 8 * share) }).problems, []);
  const { problems } = verdictOn({ ...steady, samples: samplesOf((share) => 100 + 30 * share) });
  assert.match(problems.join(), /^watcher rss grew by \d+\.\d %$/);
});

test('a p95 that drifts is told, one that is a little unquiet is not', () => {
  const { problems, minutes } = verdictOn({ ...steady, arrivals: arrivalsOf((share) => 400 + 2_000 * share) });
  assert.match(problems.join(), /^p95 went from \d+ to \d+ ms$/);
  assert.equal(minutes.length, 61);
  assert.deepEqual(verdictOn({ ...steady, arrivals: arrivalsOf((share) => 100 + 150 * share) }).problems, []);
});

test('what was slow, what never arrived and what differs is told', () => {
  const { problems } = verdictOn({ ...steady, slow: 3, lost: 2, differences: ['e1 is missing'] });
  assert.deepEqual(problems, [
    '3 changes took longer than a minute',
    '2 changes never reached LastPass',
    'e1 is missing',
  ]);
});

test('percentiles are of the values that there are', () => {
  assert.deepEqual([percentile([], 0.5), percentile([3, 1, 2], 0.5), percentile([3, 1, 2], 0.95)], [0, 2, 3]);
});

test('a change has arrived with the step that it makes, even when the call was faster than our knowing', () => {
  const arrivals = new Arrivals();
  const written = arrivals.expect({ username: 'ann', step: 'rename' });
  const call = (step: string) => ({ timeMs: 5, changes: [{ username: 'ann', step }] });
  arrivals.note([call('join-groups')]);
  assert.ok(arrivals.isExpecting('ann'));
  arrivals.note([call('rename')]);
  assert.deepEqual(arrivals.take(), []);
  written();
  assert.deepEqual(
    arrivals.take().map(({ latencyMs }) => latencyMs),
    [0],
  );
  assert.ok(!arrivals.isExpecting('ann'));
});
