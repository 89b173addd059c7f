/**
 * Two domains, of which each goes its own way, and people who move from one to the other: after each round in one of them LastPass is exactly
 * what the oracle says. Under a sixteenth of the matrix's policies (which, the seed decides), and with groups of one name that are one group, or two.
 */
import { test } from 'node:test';
import { lastPassBefore, mailOf } from '../acceptance/company.ts';
import { chosenSeed, Random } from '../acceptance/random.ts';
import { ChangeLogCompany } from './change-log-company.ts';
import { domains } from './domains.ts';
import { inLanes, lanes, rowsOf } from './matrix.ts';
import { quarterOf } from './policies.ts';
import { randomWords } from './random-words.ts';
import { LifeInDomain, secondFounding } from './two-domains.ts';

const seed = chosenSeed();
const rounds = 8;
const deedsInRound = 10;
/** One of them may be refused once in a round. */
const commands = ['batchadd', 'updateuser', 'updateemail', 'disableuser', 'enableuser', 'deluser', 'batchchangegrp'];
const before = { ...lastPassBefore, invited: [...lastPassBefore.invited, mailOf('p4'), mailOf('p10')] };
/** One LastPass group for groups of one name; or one of them, or both, have a prefix. */
const prefixes = [{}, { labs: 'LABS ' }, {}, { corp: 'Corp/', labs: 'Labs/' }];

test(`two domains fill one LastPass as the oracle says, while people move (SEED=${seed})`, {
  concurrency: lanes,
}, async (t) => {
  const quarter = rowsOf(new Random(seed)).filter(({ number }) => quarterOf(number) === seed % 4);
  const rows = process.env['ROW'] ? quarter : quarter.filter((_, index) => index % 4 === (seed >> 2) % 4);
  await inLanes(t, rows, async (servers, row) => {
    const random = new Random(seed + row.number);
    const groupPrefixes = prefixes[row.number % prefixes.length] ?? {};
    const second = { begins: secondFounding(12), groupPrefixes };
    await using company = await ChangeLogCompany.create(servers, { ...row, before, people: 16, second });
    const { connector, operations } = company;
    const { oracle } = connector;
    const lives = domains.map((domain) => new LifeInDomain({ oracle, operations, random, domain }));
    for (let round = 0; round < rounds; round++) {
      await connector.decide(randomWords(oracle, random));
      await connector.byHand(random.pick(lives)?.byHand() ?? []);
      await connector.check();
      for (const [index, domain] of domains.entries()) {
        for (let made = 0; made < deedsInRound; made++) company.note(lives[index]?.deed() ?? []);
        if (random.chance(0.3)) await connector.strike(random.pick(commands) ?? 'updateuser');
        await (random.chance(0.15) ? company.readEverything(domain) : company.happen(domain));
      }
    }
    await connector.assertAtRest();
  });
});
