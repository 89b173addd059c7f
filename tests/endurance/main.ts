/**
 * `make endurance`: an hour of joins, renames and membership changes on a real domain, at a steady rate, with everything read again every
 * five minutes. Whether anything grows, slows down or is lost on the way; exit code 1 if so.
 *
 *   make endurance [MINUTES=60] [RATE=20] [PEOPLE=500] [WRITERS=4] [OUT=file.json]
 */
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf } from '../faults/service-report.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import type { SambaDomain } from '../support/samba-domain.ts';
import type { SimulatedState } from '../support/simulator.ts';
import { type ServiceName, Stack, serviceNames } from '../support/stack.ts';
import { type Arrival, Arrivals, followCalls } from './arrivals.ts';
import { basesOf, type Employee, foundingOf, ldifOf, policy } from './company.ts';
import { minuteLine, reportOf } from './report.ts';
import { censusOf, type Sample, sampleOf } from './samples.ts';
import { verdictOn } from './verdict.ts';
import { Workload } from './workload.ts';

function numberOf(name: string, otherwise: number): number {
  const value = Number(process.env[name] || otherwise);
  if (!(value > 0)) throw new Error(`${name}=${process.env[name]}: write a number above 0`);
  return value;
}

const minutes = numberOf('MINUTES', 60);
const settings = { rate: numberOf('RATE', 20), people: numberOf('PEOPLE', 500), writers: numberOf('WRITERS', 4) };
/** Everything is read again so often; a short trial has its reads too. */
const readEveryS = Math.round(Math.min(300, (minutes * 60) / 3));
/** The audit trail is as long as it gets well before figures count: what it takes in Redis must not grow any more then. */
const keepS = Math.round(Math.min(300, (minutes * 60) / 12));
const sampleEveryMs = Math.min(10_000, (minutes * 60_000) / 30);
const lookEveryMs = 250;
/**
 * Samba 4.17 loses eight pieces of memory to each DirSync request and walks past all of them a hundred times for each operation, so after some
 * 5,000 requests it is busy with nothing else. Beginning it anew keeps this out of the figures.
 */
const newSambaEveryMs = 5 * 60_000;
/** No change is to take longer. */
const slowMs = 60_000;
/** Lines of a service's log that are kept in memory here. */
const linesKept = 200;

const say = (text: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

/** Accounts that aren't as the company is. */
function differencesOf(employees: readonly Employee[], { users }: SimulatedState): string[] {
  const accounts = new Map(users.map((user) => [user.username, user]));
  const wrong = employees.flatMap(({ mail, displayName, groups }) => {
    const account = accounts.get(mail);
    if (account === undefined) return [`${mail} has no account`];
    if (account.fullname !== displayName) return [`${mail} is called ${account.fullname}`];
    const [has, should] = [account.groups ?? [], [...groups]].map((names) => [...names].sort().join());
    return has === should ? [] : [`${mail} is in ${has} instead of ${should}`];
  });
  const more = users.length - employees.length;
  return more > 0 ? [...wrong, `${more} accounts of people who have left`] : wrong;
}

/** What is noted while it runs. */
interface Noted {
  readonly samples: Sample[];
  readonly arrivals: Arrival[];
}

/** Follows the calls and takes samples until the signal is given. */
async function watch(stack: Stack, arrivals: Arrivals, noted: Noted, signal: AbortSignal): Promise<void> {
  const look = await followCalls(stack.simulator, arrivals);
  const origins = new Map<ServiceName, string>();
  for (const name of serviceNames) origins.set(name, await addressOf(stack.service(name)));
  const beganMs = Date.now();
  let [sampledMs, minute, told] = [0, 0, 0];
  while (!signal.aborted) {
    await sleep(lookEveryMs);
    await look();
    noted.arrivals.push(...arrivals.take());
    if (Date.now() - sampledMs < sampleEveryMs) continue;
    sampledMs = Date.now();
    noted.samples.push(await sampleOf(origins, stack.store));
    for (const name of serviceNames) stack.service(name).lines.splice(0, stack.service(name).lines.length - linesKept);
    if (Math.floor((Date.now() - beganMs) / 60_000) === minute) continue;
    say(minuteLine(++minute, noted.arrivals.slice(told), noted.samples.at(-1)));
    told = noted.arrivals.length;
  }
}

/** Restarts the domain controller between two changes; the services find it again by themselves. */
async function beginAnew(domain: SambaDomain, hands: readonly DirectoryAdmin[]): Promise<void> {
  await Promise.all(hands.map((hand) => hand.hangUp()));
  await domain.stop();
  await domain.start();
}

async function endure(): Promise<boolean> {
  const company = foundingOf(settings.people);
  const every = `${readEveryS}s`;
  let fullReads = 0;
  await using stack = await Stack.create({
    ldif: (base) => ldifOf(company, base),
    directory: basesOf,
    policy,
    sync: { accountsEvery: every, fullReadEvery: every },
    audit: { keep: `${keepS}s` },
    onLine: (_, line) => {
      if (line.includes('the full read of corp is complete')) fullReads++;
      if (/"level":(?:50|60)/.test(line)) say(line);
    },
  });
  say(`a domain of ${settings.people} people; everything is read again every ${every}`);
  stack.startAll();
  await stack.settled({ withinMs: 180_000 });
  await using admins = new AsyncDisposableStack();
  const hands = Array.from({ length: settings.writers }, () => admins.use(new DirectoryAdmin(stack.domain)));
  const arrivals = new Arrivals();
  const { baseDn: base } = stack.domain;
  const workload = new Workload({ admins: hands, base, company, perSecond: settings.rate, arrivals });
  const noted: Noted = { samples: [], arrivals: [] };
  const before = await censusOf(stack.store.redis);
  const over = new AbortController();
  const watching = watch(stack, arrivals, noted, over.signal);
  const fromMs = Date.now();
  say(`${settings.rate} changes a second for ${minutes} minutes begin`);
  const untilMs = fromMs + minutes * 60_000;
  for (let leftMs = untilMs - fromMs; leftMs > 0; leftMs = untilMs - Date.now()) {
    await Promise.race([workload.run(AbortSignal.timeout(Math.min(leftMs, newSambaEveryMs))), watching]);
    if (leftMs > newSambaEveryMs) await beginAnew(stack.domain, hands);
  }
  const toMs = Date.now();
  await stack.settled({ withinMs: 120_000 });
  await sleep(4 * lookEveryMs);
  over.abort();
  await watching;
  const verdict = verdictOn({
    span: { fromMs, toMs },
    samples: noted.samples,
    arrivals: noted.arrivals,
    slow: noted.arrivals.filter(({ latencyMs }) => latencyMs > slowMs).length,
    lost: arrivals.overdue(Date.now(), 0),
    differences: differencesOf(workload.employees, await stack.simulator.state()),
  });
  const after = await censusOf(stack.store.redis);
  const { operations, employees } = workload;
  console.log(`\n${reportOf({ verdict, operations, people: employees.length, fullReads, census: { before, after } })}`);
  const out = process.env['OUT'];
  if (out)
    await writeFile(
      out,
      JSON.stringify({ settings, minutes, verdict, samples: noted.samples, operations, fullReads }, null, 1),
    );
  return verdict.problems.length === 0;
}

process.exitCode = (await endure()) ? 0 : 1;
