/** `connector federation convert`, broken off halfway: whoever was asked for is told, and stays so. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Link, link } from '@connector/shared/plan.ts';
import { policy, policyVersion } from '@connector/shared/policy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { putJaneToWork } from './jane-at-work.ts';
import { guidOf, type Ran, Workplace } from './workplace.ts';

let place: Workplace;
before(async () => {
  place = await Workplace.create();
});
after(() => place?.[Symbol.asyncDispose]());

const [ann, bob, cem] = ['a', 'b', 'c'].map((digit) => `corp/${guidOf(digit)}`) as [string, string, string];
const staff = '1';

/** Three members of a group, by name; a pusher is at work on the second, so that nothing can be asked for them. */
async function threePeople(changes: Partial<Link>): Promise<void> {
  const { redis, keys } = place.store;
  await putJaneToWork(place);
  const written = policy.parse({ federation: 'companyKey' });
  const version = policyVersion(written, [{ id: 'corp', userBases: [], groupBases: [] }]);
  const inForce = { version, settled: true, after: {}, firstRun: null, written, set: { by: 'root', atMs: 1 } };
  await redis.set(keys.policy, JSON.stringify(inForce));
  for (const person of [ann, bob, cem]) {
    const guid = person.slice('corp/'.length);
    const username = `${guid.slice(0, 1)}@corp.test`;
    const theirs: Link = { username, id: guid.slice(0, 1), disabledByUs: false, removedByUs: false, ...changes };
    await redis.hset(keys.links, person, JSON.stringify(theirs));
    await place.mirror(guid.slice(0, 1), { displayName: username, mail: username });
    await redis.sadd(keys.directory('corp').mirror(1).members(guidOf(staff)), guid);
  }
  await redis.hset(keys.claims, bob, 'a pusher');
}

const federatingOf = async (person: string): Promise<string | undefined> =>
  link.parse(JSON.parse((await place.store.redis.hget(place.store.keys.links, person)) ?? '')).federating;

/** Ctrl-C while the second person can't be asked for. */
async function brokenOff(federatingFirst: string | undefined, ...args: string[]): Promise<Ran> {
  await using program = place.start('federation', 'convert', ...args);
  const isFirstAsked = async () => (await federatingOf(ann)) === federatingFirst || !program.running;
  await waitUntil('the first to be asked for', isFirstAsked);
  program.signal('SIGINT');
  return { code: await program.ended, output: program.output };
}

test('Ctrl-C says how many were asked for, who stay so and are planned again, and how to take it back', async () => {
  await threePeople({});
  const { code, output } = await brokenOff('companyKey', 'CN=Staff,DC=corp,DC=test', '--yes');
  assert.match(
    output,
    /Interrupted: asked for 1 of 3 people\. Run it again for the others, or with --cancel to take it back\.$/,
  );
  assert.doesNotMatch(output, /nothing was written/);
  assert.equal(code, 1);
  assert.deepEqual(await Promise.all([ann, bob, cem].map(federatingOf)), ['companyKey', undefined, undefined]);
  const { redis, keys } = place.store;
  const [job] = await redis.lrange(`${keys.queues}:people-to-plan:wait`, 0, -1);
  assert.match((await redis.hget(`${keys.queues}:people-to-plan:${job}`, 'data')) ?? '', new RegExp(ann));
});

test('Ctrl-C while it is taken back says how many go on as before', async () => {
  await threePeople({ federating: 'companyKey' });
  const { code, output } = await brokenOff(undefined, '--cancel', '--yes');
  assert.match(output, /Interrupted: 1 of 3 people go on with their master passwords\. Run it again for the others\.$/);
  assert.equal(code, 1);
  assert.deepEqual(await Promise.all([ann, bob, cem].map(federatingOf)), [undefined, 'companyKey', 'companyKey']);
});

test('in JSON, too, each person says whether it is done', async () => {
  await threePeople({});
  const { code, output } = await brokenOff('companyKey', 'CN=Staff,DC=corp,DC=test', '--yes', '--json');
  const { people } = JSON.parse(output) as { people: { person: string; done: boolean }[] };
  assert.deepEqual(
    people.map(({ person, done }) => [person, done]),
    [
      [ann, true],
      [bob, false],
      [cem, false],
    ],
  );
  assert.equal(code, 1);
});
