/**
 * `make bench`: how fast the connector is and what it takes, beside yardsticks that are measured side by side with it.
 *
 *   make bench [RUNS=3] [ONLY=first-sync,full-run] [OUT=file.json]
 *
 * Prints what it does, then a table. Exit code 1 when something couldn't be measured; a target that isn't met is told, and is no failure.
 */
import { writeFile } from 'node:fs/promises';
import { tenThousand } from './company.ts';
import { type Reading, resultsOf } from './figure.ts';
import type { Measurement } from './measurement.ts';
import { burst } from './measurements/burst.ts';
import { firstSync } from './measurements/first-sync.ts';
import { fullRun } from './measurements/full-run.ts';
import { hundredThousand } from './measurements/hundred-thousand.ts';
import { idle } from './measurements/idle.ts';
import { largeGroup } from './measurements/large-group.ts';
import { million } from './measurements/million.ts';
import { oneChange } from './measurements/one-change.ts';
import { pushers } from './measurements/pushers.ts';
import { OneRun } from './one-run.ts';
import { preparedDomain } from './prepared-domain.ts';
import { tableOf } from './table.ts';

/** In this order, in each run: those that share a company first, and of these last the ones that change it. */
const measurements: readonly Measurement[] = [
  firstSync,
  idle,
  fullRun,
  largeGroup,
  oneChange,
  burst,
  pushers,
  hundredThousand,
];

/** Those that are measured only where they are named: they take too long. */
const onAsking: readonly Measurement[] = [million];

const say = (text: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

function numberOfRuns(): number {
  const runs = Number(process.env['RUNS'] || 3);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`RUNS=${process.env['RUNS']}: write a whole number above 0`);
  return runs;
}

function chosen(): readonly Measurement[] {
  const only = (process.env['ONLY'] ?? '').split(/[\s,]+/).filter(Boolean);
  const all = [...measurements, ...onAsking];
  const names = all.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`ONLY=${unknown}: choose from ${names.join(', ')}`);
  return only.length === 0 ? measurements : all.filter(({ name }) => only.includes(name));
}

const [runs, wanted] = [numberOfRuns(), chosen()];
const snapshot = await preparedDomain(tenThousand, say);
const readings: Reading[] = [];
for (let number = 1; number <= runs; number++) {
  const telling = (text: string) => say(`run ${number} of ${runs}: ${text}`);
  await using run = new OneRun({ size: tenThousand, snapshot, say: telling });
  for (const measurement of wanted) {
    telling(measurement.name);
    const some = await measurement.measure(run);
    for (const line of tableOf(resultsOf(some)).split('\n').slice(2)) telling(line);
    readings.push(...some);
  }
}
const results = resultsOf(readings);
console.log(`\n${tableOf(results)}`);
const judged = results.filter(({ isMet }) => isMet !== null);
console.log(`\n${judged.filter(({ isMet }) => isMet).length} of ${judged.length} targets are met`);
const out = process.env['OUT'];
if (out) await writeFile(out, `${JSON.stringify({ runs, results }, null, 1)}\n`);
