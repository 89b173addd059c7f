/** Seconds that are promised: from the directory's answer to LastPass' ears. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '../support/wait-until.ts';
import { mailOf, ous, personId } from './company.ts';
import type { Operation } from './directory-model.ts';
import { usernamesIn, World } from './world.ts';

const eachWithinMs = 1_000;
const medianWithinMs = 200;

interface Kind {
  readonly what: string;
  /** The last one is timed. */
  readonly operations: readonly Operation[];
  /** The steps that LastPass must hear of, as `<username> <step>`. */
  readonly calls: readonly string[];
}

const ann = 'ann';
const in_ = (person: string, step: string) => `${mailOf(person)} ${step}`;
const [first, second, third, fourth] = [personId(0), personId(7), personId(14), personId(21)] as const; // in Staff and People
const kinds: readonly Kind[] = [
  {
    what: 'hire',
    operations: [
      { kind: 'create-person', person: ann, cn: 'Ann', ou: ous.people, mail: mailOf(ann) },
      { kind: 'add-member', group: 'g-staff', member: ann },
    ],
    calls: [in_(ann, 'create')],
  },
  {
    what: 'hire into a group by one operation',
    operations: [
      { kind: 'create-person', person: 'bob', cn: 'Bob', ou: ous.elsewhere, mail: mailOf('bob') },
      { kind: 'add-member', group: 'g-engineering', member: 'bob' },
      { kind: 'move', person: 'bob', ou: 'ou-field' },
    ],
    calls: [in_('bob', 'create')],
  },
  {
    what: 'new display name',
    operations: [{ kind: 'modify', person: first, displayName: 'New' }],
    calls: [in_(first, 'rename')],
  },
  { what: 'new cn', operations: [{ kind: 'rename-cn', person: ann, cn: 'Ann, Dr.' }], calls: [in_(ann, 'rename')] },
  {
    what: 'join a group',
    operations: [{ kind: 'add-member', group: 'g-zuerich', member: first }],
    calls: [in_(first, 'join-groups')],
  },
  {
    what: 'leave a group',
    operations: [{ kind: 'remove-member', group: 'g-zuerich', member: first }],
    calls: [in_(first, 'leave-groups')],
  },
  {
    what: 'nest a group',
    operations: [
      { kind: 'create-group', group: 'g-venus', cn: 'Venus', ou: ous.groups },
      { kind: 'add-member', group: 'g-venus', member: second },
      { kind: 'add-member', group: 'g-venus', member: third },
      { kind: 'add-member', group: 'g-zuerich', member: 'g-venus' },
    ],
    calls: [in_(second, 'join-groups'), in_(third, 'join-groups')],
  },
  {
    what: 'delete a group',
    operations: [{ kind: 'delete-group', group: 'g-venus' }],
    calls: [in_(second, 'leave-groups'), in_(third, 'leave-groups')],
  },
  { what: 'disable', operations: [{ kind: 'disable', person: second }], calls: [in_(second, 'disable')] },
  { what: 'enable', operations: [{ kind: 'enable', person: second }], calls: [in_(second, 'enable')] },
  {
    what: 'leave the filter',
    operations: [{ kind: 'remove-member', group: 'g-staff', member: fourth }],
    calls: [in_(fourth, 'disable')],
  },
  {
    what: 'enter the filter, nested',
    operations: [{ kind: 'add-member', group: 'g-sales', member: fourth }],
    calls: [in_(fourth, 'enable')],
  },
  {
    what: 'move out of the bases',
    operations: [{ kind: 'move', person: second, ou: 'ou-old' }],
    calls: [in_(second, 'disable')],
  },
  {
    what: 'move into the bases',
    operations: [{ kind: 'move', person: second, ou: 'ou-field' }],
    calls: [in_(second, 'enable')],
  },
  {
    what: 'move an OU out of the bases',
    operations: [{ kind: 'move-ou', ou: 'ou-field', above: 'ou-old' }],
    calls: [in_(second, 'disable'), in_('bob', 'disable')],
  },
  {
    what: 'rename an OU and move it back',
    operations: [
      { kind: 'rename-ou', ou: 'ou-field', name: 'Field, renamed' },
      { kind: 'move-ou', ou: 'ou-field', above: ous.berlin },
    ],
    calls: [in_(second, 'enable'), in_('bob', 'enable')],
  },
  { what: 'delete', operations: [{ kind: 'delete', person: ann }], calls: [in_(ann, 'disable')] },
  {
    what: 'restore',
    operations: [
      { kind: 'restore', person: ann, cn: 'Ann', ou: ous.people },
      { kind: 'modify', person: ann, mail: mailOf(ann) },
      { kind: 'add-member', group: 'g-staff', member: ann },
    ],
    calls: [in_(ann, 'enable')],
  },
  {
    what: 'delete and re-create with the same mail',
    operations: [
      { kind: 'delete', person: ann },
      { kind: 'create-person', person: 'ann-2', cn: 'Ann 2', ou: ous.people, mail: mailOf(ann) },
      { kind: 'add-member', group: 'g-staff', member: 'ann-2' },
    ],
    calls: [in_(ann, 'rename')],
  },
];

/** When all of the steps had been asked of LastPass, ms since 1970. */
async function arrival(world: World, since: number, steps: readonly string[]): Promise<number> {
  return await waitUntil(
    `${steps.join(', ')} at LastPass`,
    async () => {
      const calls = await world.stack.simulator.writes(since);
      const timeOf = (step: string) => calls.find((call) => stepsOf(call.changes).includes(step))?.timeMs;
      const times = steps.map(timeOf);
      return times.every((time) => time !== undefined) ? Math.max(...times) : null;
    },
    { withinMs: 10_000, everyMs: 10 },
  );
}

const stepsOf = (changes: readonly unknown[]): string[] =>
  changes.map((change) => {
    const { username, step } = change as { username: string; step: string };
    return `${username} ${step}`;
  });

test('every kind of change reaches LastPass within 1 s, the median within 200 ms', async (context) => {
  await using world = await World.create();
  await world.start();
  const times: number[] = [];
  for (const { what, operations, calls } of kinds) {
    await world.perform(...operations.slice(0, -1));
    await world.settle();
    const since = await world.stack.simulator.lastCall();
    await world.perform(...operations.slice(-1));
    const answeredAt = Date.now();
    const tookMs = (await arrival(world, since, calls)) - answeredAt;
    context.diagnostic(`${what}: ${tookMs} ms`);
    times.push(tookMs);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  context.diagnostic(`median ${median} ms, slowest ${sorted.at(-1)} ms`);
  await world.settle();
  await world.assertConverged();
  assert.ok(Math.max(...times) <= eachWithinMs, `the slowest took ${Math.max(...times)} ms`);
  assert.ok(median <= medianWithinMs, `the median is ${median} ms`);
});

test('an OU that is renamed makes no write call', async () => {
  await using world = await World.create();
  await world.start();
  const since = await world.stack.simulator.lastCall();
  await world.perform({ kind: 'rename-ou', ou: 'ou-sales', name: 'Sales, South' });
  await world.settle();
  assert.deepEqual((await world.stack.simulator.writes(since)).flatMap(usernamesIn), []);
  await world.perform({ kind: 'modify', person: personId(3), displayName: 'Below it' });
  await world.settle();
  await world.assertConverged();
});
