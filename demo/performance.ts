/** The demo itself: a real directory synced into a simulated LastPass, then changed before your eyes. Started by `main.ts`. */
import { asideDifferences, differencesOf } from './differences.ts';
import { Expectation } from './expectation.ts';
import { watchFirstSync } from './first-sync.ts';
import { tellWhatToTry } from './invitation.ts';
import { measure } from './measure.ts';
import { peopleSetAside } from './outstanding.ts';
import { tellComparison, tellFirstSync, tellMeasured, tellPreview, tellRound } from './report.ts';
import { round } from './round.ts';
import { newCompany } from './seed/company.ts';
import { Stage } from './stage.ts';
import { bold, say } from './terminal.ts';

/** Given when the user, or the system, asks for the end. */
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
process.on('disconnect', () => stop.abort()); // whoever started us is gone
process.channel?.unref();
const asked = new Promise<void>((done) => stop.signal.addEventListener('abort', () => done()));

/** Plays the demo on a stage. @returns whether LastPass is what it should be at the end */
async function play(stage: Stage, company = newCompany()): Promise<boolean> {
  const { simulator, admin, domain } = stage;
  const before = await simulator.state();
  const expectation = new Expectation(before);
  expectation.follow(company);

  say(`\n${bold('Preview')}: what a run would do, before any service runs; nothing is written`);
  tellPreview(await stage.connector('preview'));

  say(
    `\n${bold('First sync')}: confirmed, else it would stop after ten accounts; the services start, and bring both together`,
  );
  await stage.connector('sync', '--confirm-first', '--no-wait');
  await stage.startServices();
  const sync = await watchFirstSync(stage, { expectation, people: company.people.size });
  await tellFirstSync(stage, { sync, expectation, before });

  say(`\n${bold('A round of changes')} over LDAP, each timed from the directory's answer to its arrival`);
  const measured = [];
  for (const change of round) {
    const one = await measure(change, stage, { admin, company, baseDn: domain.baseDn });
    expectation.follow(company);
    tellMeasured(one);
    measured.push(one);
  }
  tellRound(measured);

  say(`\n${bold('The whole of LastPass')}, compared with an expectation of the demo's own`);
  const after = await simulator.state();
  const aside = await peopleSetAside(stage.store);
  const differences = [
    ...differencesOf({ before, after, expectation }),
    ...asideDifferences(aside, expectation.setAside, company),
  ];
  tellComparison(differences, expectation, before);
  return differences.length === 0 && measured.every(({ good }) => good);
}

/** Everything from the first start to the last end. @returns whether LastPass is what it should be at the end */
async function main({ isOnce }: { isOnce: boolean }): Promise<boolean> {
  const company = newCompany();
  await using stage = await Stage.create({ company, onStep: say });
  const playing = play(stage, company);
  const isRight = await Promise.race([playing, asked]);
  if (isRight === undefined)
    playing.catch(() => undefined); // it loses its ground, which is no news
  else if (!isOnce) {
    say();
    tellWhatToTry(stage, company);
    await asked;
  }
  if (stop.signal.aborted) say('\nending everything …');
  return isRight ?? false;
}

try {
  process.exitCode = (await main({ isOnce: process.argv.includes('--once') })) ? 0 : 1;
} catch (error) {
  if (!stop.signal.aborted) process.stderr.write(`demo: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
