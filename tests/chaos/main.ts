/**
 * `make chaos`: operations, faults, quiet and a verdict, again and again, on real servers.
 *
 *   FAULTS=100 SEED=7 node tests/chaos/main.ts
 *
 * Ends with a table of the faults; exit code 1 when something was wrong, with the seed and the command that repeats it.
 */
import { chosenSeed, Random } from '../acceptance/random.ts';
import { failureText, tableOf } from './report.ts';
import { runChaos } from './rounds.ts';

const faults = Number(process.env['FAULTS'] ?? 100);
const seed = chosenSeed();
console.log(`SEED=${seed}`);
const startedAt = performance.now();
const outcome = await runChaos({ random: new Random(seed), faults, tell: (line) => console.log(line) });
console.log(`\n${tableOf(outcome)}\n`);
const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
console.log(`${outcome.rounds} rounds, ${outcome.operations} operations, ${minutes} minutes, SEED=${seed}`);
if (outcome.failure) {
  const injected = outcome.survived.length + outcome.failure.injected.length;
  console.log(
    `wrong after ${injected} faults\n\n${failureText(outcome.failure)}\n\nagain: make chaos FAULTS=${faults} SEED=${seed}`,
  );
  process.exitCode = 1;
}
