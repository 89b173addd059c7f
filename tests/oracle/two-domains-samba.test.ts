/**
 * Two real domains, people who move from one to the other, and a connector that follows both: with one LastPass group for
 * groups of one name, and with one of each domain. After each round in one of them LastPass is exactly what the oracle says.
 */
import { test } from 'node:test';
import { lastPassBefore } from '../acceptance/company.ts';
import { chosenSeed, Random } from '../acceptance/random.ts';
import { domains } from './domains.ts';
import { nameOf, rowsOf } from './matrix.ts';
import { randomWords } from './random-words.ts';
import { SambaCompany } from './samba-company.ts';
import { switches } from './switches.ts';
import { LifeInDomain, secondFounding } from './two-domains.ts';

const seed = chosenSeed();
/** Rows of the matrix, each with another way of setting the switches. */
const chosen = [
  { number: 9, way: 2, groupPrefixes: {} },
  { number: 38, way: 13, groupPrefixes: { labs: 'LABS ' } },
] as const;
const rounds = 4;
const deedsInRound = 12;

for (const { number, way, groupPrefixes } of chosen)
  test(`two domains and people who move, as the oracle says, with ${JSON.stringify(groupPrefixes)} before the groups' names (SEED=${seed})`, async (t) => {
    const random = new Random(seed + number);
    const row = rowsOf(new Random(seed))[number];
    const settings = row ? [{ ...row, switches: switches(way) }] : [];
    for (const each of settings) t.diagnostic(nameOf({ ...each, number }));
    const second = { begins: secondFounding(9), groupPrefixes };
    await using company = await SambaCompany.create({ settings, before: lastPassBefore, people: 12, second });
    const [connector] = company.connectors;
    if (!connector) throw new Error(`there is no row ${number}`);
    const { oracle } = connector;
    const lives = domains.map((domain) => new LifeInDomain({ oracle, operations: company.operations, random, domain }));
    for (let round = 0; round < rounds; round++) {
      await connector.decide(randomWords(oracle, random));
      await connector.byHand(random.pick(lives)?.byHand() ?? []);
      await connector.check();
      for (const life of lives) {
        for (let made = 0; made < deedsInRound; made++) await company.perform(life.deed());
        await company.happen();
      }
    }
    await connector.assertAtRest();
  });
