/** A hundred faults on two domains that fill one LastPass, while people move from one to the other: `make chaos DIRECTORIES=2` in the small. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenSeed } from '../acceptance/random.ts';
import { failureText, tableOf } from './report.ts';
import { runChaos } from './rounds.ts';

const seed = chosenSeed();
const faults = 100;

test(`100 overlapping faults on two domains, and people who move between them: all ends as the oracle says (SEED=${seed})`, async (t) => {
  const outcome = await runChaos({ seed, faults, directories: 2, tell: (line) => t.diagnostic(line) });
  for (const line of tableOf(outcome).split('\n')) t.diagnostic(line);
  const { failure } = outcome;
  const again = `make chaos DIRECTORIES=2 SEED=${seed}`;
  assert.ok(failure === null, failure === null ? '' : `${failureText(failure)}\nagain: ${again}`);
  assert.equal(outcome.survived.length, faults);
});
