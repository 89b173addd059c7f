/** A thousand changes at one moment: 500 joiners, and 500 people who get into another group. */
import { waitUntil } from '../../support/wait-until.ts';
import { type CompanySize, dnOfGroup, dnOfPerson, mailOf, personLdif } from '../company.ts';
import type { Figure } from '../figure.ts';
import { idsAreRead } from '../first-sync.ts';
import { type Measurement, reading } from '../measurement.ts';

const joiners = 500;
const moves = 500;

const time: Figure = {
  what: 'burst of 1,000 changes: all delivered',
  unit: 'ms',
  target: { of: 'value', atMost: 3_000 },
};
const calls: Figure = { what: 'burst: calls', unit: 'calls', target: { of: 'value', atMost: 20 } };
const reads: Figure = { what: 'burst: calls that read accounts', unit: 'calls' };

/** People who are in none of these groups yet. */
const movers = ({ people }: CompanySize) => Array.from({ length: moves }, (_, index) => people - 1 - index);
/** Ten groups take fifty each. */
const groupOf = (index: number): number => 1 + (index % 10);

function ldifOf(size: CompanySize, base: string): string {
  const hired = Array.from({ length: joiners }, (_, index) => {
    const number = size.people + index;
    return personLdif(number, base).replace(
      dnOfPerson(number, base),
      dnOfPerson(0, base).replace('Person 0', `Person ${number}`),
    );
  });
  const moved = movers(size).map((person, index) =>
    [
      `dn: ${dnOfGroup(groupOf(index), base)}`,
      'changetype: modify',
      'add: member',
      `member: ${dnOfPerson(person, base)}`,
    ].join('\n'),
  );
  return [...hired, ...moved].join('\n\n');
}

export const burst: Measurement = {
  name: 'burst',
  async measure(run) {
    const { stack, size } = await run.synced();
    const { admin, simulator, domain } = stack;
    const { people } = size;
    await domain.load(ldifOf(size, domain.baseDn), { atOnce: true });
    const since = await simulator.lastCall();
    // What is written straight into the database rings a bell up to 5 s late; a change over LDAP does so at once.
    await admin.createOu({ name: `bell ${Date.now()}` });
    const answeredAtMs = Date.now();
    const awaited = [
      ...Array.from({ length: joiners }, (_, index) => mailOf(people + index)),
      ...movers(size).map(mailOf),
    ];
    const lastMs = await waitUntil(
      'the whole burst at LastPass',
      async () => {
        const writes = await simulator.writes(since);
        const arrived = new Map(
          writes.flatMap(({ timeMs, changes }) =>
            (changes as readonly { username: string }[]).map(({ username }) => [username, timeMs] as const),
          ),
        );
        return awaited.every((username) => arrived.has(username)) ? Math.max(...arrived.values()) : null;
      },
      { withinMs: 120_000, everyMs: 100 },
    );
    await stack.quiet();
    await waitUntil('the ids of the joiners to be read', () => idsAreRead(stack, people + joiners), {
      withinMs: 60_000,
    });
    await stack.quiet();
    const made = await simulator.calls(since);
    const reading_ = made.filter(({ cmd }) => cmd === 'getuserdata');
    return [reading(time, lastMs - answeredAtMs), reading(calls, made.length), reading(reads, reading_.length)];
  },
};
