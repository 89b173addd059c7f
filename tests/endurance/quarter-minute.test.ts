/** `make endurance`, as short as it has any use: that it runs to its end, and that nothing is lost on the way. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { Program } from '../support/child-process.ts';

const root = resolve(import.meta.dirname, '../..');

const kept = z.object({
  verdict: z.object({ problems: z.array(z.string()), growths: z.array(z.unknown()) }),
  samples: z.array(z.unknown()),
  operations: z.number(),
  fullReads: z.number(),
});
/** Memory that is still being taken, and times of a moment: of these only a longer run can tell. */
const isOfLength = (problem: string) => / grew by |^p95 went /.test(problem);

test('make endurance for a quarter of a minute: every change arrives, and every account is as the directory says', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'endurance-'));
  t.after(() => rm(folder, { recursive: true }));
  const out = join(folder, 'kept.json');
  const args = ['endurance', 'MINUTES=0.25', 'RATE=10', 'PEOPLE=50', `OUT=${out}`];
  await using made = new Program({ command: 'make', args, cwd: root });
  const code = await made.ended;
  assert.match(made.output, /10 changes a second for 0\.25 minutes begin/);
  const { verdict, samples, operations, fullReads } = kept.parse(JSON.parse(await readFile(out, 'utf8')));
  assert.deepEqual(
    verdict.problems.filter((problem) => !isOfLength(problem)),
    [],
  );
  assert.equal(code, verdict.problems.length > 0 ? 2 : 0, made.output); // make's own, where what it runs fails
  assert.ok(operations > 50, `${operations} changes`);
  assert.ok(samples.length > 12 && verdict.growths.length > 0, `${samples.length} samples`);
  assert.ok(fullReads > 1, `${fullReads} full reads`);
});
