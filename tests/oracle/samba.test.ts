/**
 * One real directory, and four connectors that follow it side by side, each under another policy of the matrix and other values
 * of the simulator's switches: after each round of whatever happens in AD and at LastPass, each is exactly what its oracle says.
 */
import { test } from 'node:test';
import { lastPassBefore, mailOf } from '../acceptance/company.ts';
import { chosenSeed, Random } from '../acceptance/random.ts';
import { nameOf, rowsOf } from './matrix.ts';
import { RandomRounds } from './random-rounds.ts';
import { randomWords } from './random-words.ts';
import { SambaCompany } from './samba-company.ts';
import { switches } from './switches.ts';

const seed = chosenSeed();
/** Rows that have different values of every setting, each with another way of setting the switches: each has both its values. */
const chosen = [
  { number: 0, way: 0 },
  { number: 22, way: 1 },
  { number: 43, way: 6 },
  { number: 61, way: 11 },
] as const;
const rounds = 10;
const deedsInRound = 14;
const before = { ...lastPassBefore, invited: [...lastPassBefore.invited, mailOf('p4'), mailOf('p10'), mailOf('p11')] };

test(`four connectors with different policies follow one directory, each as its oracle says (SEED=${seed})`, async (t) => {
  const random = new Random(seed);
  const rows = rowsOf(random);
  const settings = chosen.flatMap(({ number, way }) =>
    rows[number] ? { ...rows[number], switches: switches(way) } : [],
  );
  for (const row of settings) t.diagnostic(nameOf(row));
  await using company = await SambaCompany.create({ settings, before, people: 30 });
  const lives = company.connectors.map(
    ({ oracle }) => new RandomRounds({ oracle, operations: company.operations, random }),
  );
  for (let round = 0; round < rounds; round++) {
    for (const [index, connector] of company.connectors.entries()) {
      await connector.decide(randomWords(connector.oracle, random));
      await connector.byHand(lives[index]?.byHand() ?? []);
      await connector.check();
    }
    for (let made = 0; made < deedsInRound; made++) await company.perform(lives[0]?.deed() ?? []);
    await company.happen();
  }
  for (const connector of company.connectors) await connector.assertAtRest();
});
