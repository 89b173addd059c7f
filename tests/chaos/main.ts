/**
 * `make chaos`: operations, faults, quiet and a verdict, again and again, on real servers.
 *
 *   FAULTS=100 SEED=7 node tests/chaos/main.ts
 *
 * With `DIRECTORIES=2` there are two domains, between which people move.
 * `ROUND=5` lets faults strike in that round only, and `KEEP=3,7` only those at these places of it; `SHRINK=0` doesn't look for
 * fewer faults that are enough. Ends with a table of the faults; exit code 1 when something was wrong, with the command that
 * repeats it.
 */
import { chosenSeed } from '../acceptance/random.ts';
import { failureText, tableOf } from './report.ts';
import { type ChaosOptions, runChaos } from './rounds.ts';
import { shrink } from './shrink.ts';

// What was started ends with us, as it does at an exit and doesn't at a signal.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const { FAULTS = '100', DIRECTORIES, ROUND, KEEP, SHRINK = '1' } = process.env;
if (DIRECTORIES && !['1', '2'].includes(DIRECTORIES)) throw new Error(`DIRECTORIES is 1 or 2, not ${DIRECTORIES}`);
const directories = DIRECTORIES === '2' ? 2 : 1;
const of = directories === 2 ? 'DIRECTORIES=2 ' : '';
const seed = chosenSeed();
const only = ROUND ? { round: Number(ROUND), keep: KEEP ? KEEP.split(',').map(Number) : undefined } : undefined;
const options: ChaosOptions = { seed, directories, faults: Number(FAULTS), only, tell: (line) => console.log(line) };
console.log(`SEED=${seed}`);
const startedAt = performance.now();
const outcome = await runChaos(options);
console.log(`\n${tableOf(outcome)}\n`);
const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
console.log(`${outcome.rounds} rounds, ${outcome.operations} operations, ${minutes} minutes, SEED=${seed}`);
if (outcome.failure) {
  process.exitCode = 1;
  const injected = outcome.survived.length + outcome.failure.injected.length;
  console.log(`wrong after ${injected} faults\n\n${failureText(outcome.failure)}`);
  console.log(`\nagain: make chaos ${of}FAULTS=${FAULTS} SEED=${seed}`);
  if (SHRINK !== '0' && only === undefined) {
    const { failure, keep } = await shrink(options, outcome.failure);
    if (keep === null) console.log('it was not seen again with the faults of that round alone');
    else
      console.log(
        `\n${failureText(failure)}\n\nagain: make chaos ${of}FAULTS=${FAULTS} SEED=${seed} ROUND=${failure.round} KEEP=${keep}`,
      );
  }
}
