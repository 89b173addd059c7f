import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

/** Keeps something, lets fifteen times as much of the old generation become garbage, and tells how large the heap has been, in MB. */
const program = `
const [begin] = process.argv.slice(1);
if (begin !== '') (await import(begin)).keepHeapLean();
const some = () => Array.from({ length: 10_000 }, (_, index) => ({ index, text: String(index) }));
const kept = Array.from({ length: 30 }, some);
const passing = [];
let largest = 0;
for (let round = 0; round < 500; round++) {
  passing[round % 10] = some(); // lives long enough to grow old
  largest = Math.max(largest, process.memoryUsage().heapTotal);
  await new Promise((done) => setImmediate(done));
}
console.log(kept.length && largest / 2 ** 20);
`;

/** A small young generation, so that much grows old. */
const flags = ['--max-semi-space-size=1', '--input-type=module'];

/** @param begin the module to begin with; empty: none */
const largestHeap = (begin: string): number =>
  Number(execFileSync(process.execPath, [...flags, '--eval', program, begin], { encoding: 'utf8' }));

test('what becomes garbage lies for a shorter time', () => {
  const [usual, lean] = [largestHeap(''), largestHeap(join(import.meta.dirname, 'lean-heap.ts'))];
  assert.ok(lean < 0.8 * usual, `${lean} MB instead of ${usual}`);
});
