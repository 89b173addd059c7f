/**
 * People on every journey through the states that the rules tell apart, under every policy of the matrix (`policies.ts`, which
 * says why these are enough): after each move LastPass must be exactly what the oracle says.
 */
import { test } from 'node:test';
import { lastPassBefore } from '../acceptance/company.ts';
import { chosenSeed, Random } from '../acceptance/random.ts';
import { ChangeLogCompany } from './change-log-company.ts';
import { accountsBefore, stopsOf } from './journeys.ts';
import { inLanes, lanes, rowsOf } from './matrix.ts';
import { randomWords } from './random-words.ts';

const seed = chosenSeed();
const before = { ...lastPassBefore, users: [...lastPassBefore.users, ...accountsBefore] };

test(`every journey under every policy ends as the oracle says (SEED=${seed})`, { concurrency: lanes }, async (t) => {
  await inLanes(t, rowsOf(new Random(seed)), async (servers, row) => {
    const random = new Random(seed + row.number);
    const [begin = [], ...stops] = stopsOf(random);
    await using company = await ChangeLogCompany.create(servers, { ...row, before, more: begin });
    const { connector } = company;
    await connector.decide(randomWords(connector.oracle, random));
    for (const stop of stops) {
      company.note(stop);
      await company.happen();
      await connector.decide(randomWords(connector.oracle, random));
    }
    await connector.check();
    await connector.assertAtRest();
  });
});
