/**
 * Whatever happens in the directory and at LastPass, round by round, and whatever call LastPass refuses once: after each round
 * LastPass is exactly what the oracle says. Under a quarter of the matrix's policies (which, the seed decides), in which any
 * two settings occur in every combination, and every value of the simulator's switches, any two of them likewise.
 */
import { test } from 'node:test';
import { lastPassBefore, mailOf } from '../acceptance/company.ts';
import { chosenSeed, Random } from '../acceptance/random.ts';
import { ChangeLogCompany } from './change-log-company.ts';
import { inLanes, lanes, rowsOf } from './matrix.ts';
import { quarterOf } from './policies.ts';
import { RandomRounds } from './random-rounds.ts';
import { randomWords } from './random-words.ts';

const seed = chosenSeed();
const rounds = 10;
const deedsInRound = 14;
/** One of them may be refused once in a round. */
const commands = ['batchadd', 'updateuser', 'updateemail', 'disableuser', 'enableuser', 'deluser', 'batchchangegrp'];
const before = { ...lastPassBefore, invited: [...lastPassBefore.invited, mailOf('p4'), mailOf('p10'), mailOf('p11')] };

test(`random rounds end as the oracle says (SEED=${seed})`, { concurrency: lanes }, async (t) => {
  const rows = rowsOf(new Random(seed)).filter(({ number }) => quarterOf(number) === seed % 4);
  await inLanes(t, rows, async (servers, row) => {
    const random = new Random(seed + row.number);
    await using company = await ChangeLogCompany.create(servers, { ...row, before, people: 25 });
    const { connector, operations } = company;
    const life = new RandomRounds({ oracle: connector.oracle, operations, random });
    for (let round = 0; round < rounds; round++) {
      await connector.decide(randomWords(connector.oracle, random));
      await connector.byHand(life.byHand());
      await connector.check();
      for (let made = 0; made < deedsInRound; made++) company.note(life.deed());
      if (random.chance(0.5)) await connector.strike(random.pick(commands) ?? 'updateuser');
      await (random.chance(0.15) ? company.readEverything() : company.happen());
    }
    await connector.assertAtRest();
  });
});
