/** A hundred faults, other ones each time: `make chaos` in the small. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenSeed } from '../acceptance/random.ts';
import { failureText, tableOf } from './report.ts';
import { runChaos } from './rounds.ts';

const seed = chosenSeed();
const faults = 100;

test(`100 overlapping faults while people, policies and accounts change: all ends as the oracle says (SEED=${seed})`, async (t) => {
  const outcome = await runChaos({ seed, faults, tell: (line) => t.diagnostic(line) });
  for (const line of tableOf(outcome).split('\n')) t.diagnostic(line);
  const { failure } = outcome;
  assert.ok(failure === null, failure === null ? '' : `${failureText(failure)}\nagain: make chaos SEED=${seed}`);
  assert.equal(outcome.survived.length, faults);
});
