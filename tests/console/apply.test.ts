/** `connector apply` on a real Redis, with the services played by hand. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import type { Account } from '@connector/shared/account.ts';
import { loadConfiguration } from '@connector/shared/configuration.ts';
import { decision, type Plan, type Step } from '@connector/shared/plan.ts';
import { policyVersion } from '@connector/shared/policy.ts';
import { reviewedRun } from '@connector/sync/requests/reviewed-run.ts';
import { hasStep, parseReviewed, reviewedText, stepDigest } from '@connector/sync/requests/reviewed-steps.ts';
import {
  type PlanFile,
  type PlannedPerson,
  placeOf,
  planFormat,
} from '../../services/console/src/plan-file/plan-file.ts';
import { planFileText } from '../../services/console/src/plan-file/plan-file-text.ts';
import type { Program } from '../support/child-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { guidOf, Workplace } from './workplace.ts';

let place: Workplace;
before(async () => {
  place = await Workplace.create();
});
after(() => place[Symbol.asyncDispose]());

const rename: Step = { kind: 'rename', fullname: 'Ann Lee', because: 'is called "Ann" at LastPass' };
const joinSales: Step = { kind: 'join-groups', groups: ['Sales'], because: 'is a member in Active Directory' };
const disable: Step = { kind: 'disable', because: 'was deleted in Active Directory' };
const account: Account = {
  username: 'a@x.org',
  id: '1',
  fullname: 'Ann',
  disabled: false,
  admin: false,
  groups: [],
  invited: false,
  objectGuid: null,
  directory: null,
};
const person = `corp/${guidOf('a')}`;
const configuration = () => loadConfiguration({ CONNECTOR_CONFIG: place.configFile });
const planPath = () => join(dirname(place.configFile), 'plan.json');

/** Writes a plan file about Ann, with some differences. */
async function planFile(steps: Step[], changes: Partial<PlanFile & PlannedPerson> = {}): Promise<string> {
  const { outcome = 'sent', because = null, ...header } = changes;
  const file: PlanFile = {
    format: planFormat,
    version: 1,
    madeAt: '2026-11-28T00:00:00.000Z',
    by: 'somebody',
    ...placeOf(configuration(), configuration().policy),
    directories: ['corp'],
    read: { objects: 1, accounts: 1 },
    counts: { people: 1, steps: steps.length },
    people: [{ person, username: 'a@x.org', name: 'Ann', outcome, because, account: null, steps }],
    ...header,
  };
  await writeFile(planPath(), planFileText(file));
  return planPath();
}

beforeEach(async () => {
  await place.clear();
  await place.configure({});
  for (const service of ['watcher', 'reconciler', 'pusher']) await place.tellCondition(service);
});

/** Ann has an account that is hers, and a plan. */
async function plan(steps: Step[], changes: Partial<Plan> = {}): Promise<void> {
  const { redis, keys } = place.store;
  await place.hold('a', { name: 'Ann', steps, heldBecause: null, cleared: true, ...changes });
  await redis.del(keys.held, keys.recentLeavers);
  await redis.hset(keys.accounts, account.username, JSON.stringify(account));
  await redis.hset(keys.links, person, JSON.stringify({ username: account.username, id: '1', disabledByUs: false }));
  await redis.hset(keys.linked, account.username, person);
  await redis.zadd(keys.toDeliver, Date.now(), person);
}

/** Plays watcher, reconciler and the pusher that reads the accounts, once they are asked. */
async function answer(program: Program): Promise<void> {
  const { redis, keys } = place.store;
  const { policy, directories } = configuration();
  await waitUntil('the request', async () => (await redis.hexists(keys.requests, 'changes')) || !program.running);
  const inForce = { version: policyVersion(policy, directories), settled: true, after: {}, firstRun: null };
  await redis.set(keys.policy, JSON.stringify(inForce));
  await place.mirror('a', {});
  const mirrored = JSON.parse((await redis.get(keys.directory('corp').mirrorState)) ?? '{}');
  await place.answerRequests();
  await redis.set(keys.directory('corp').mirrorState, JSON.stringify({ ...mirrored, sequence: 3 }));
}

/** Plays the pusher, who has sent everything that is planned of Ann. */
async function deliver(now: Partial<Account>): Promise<void> {
  const { redis, keys } = place.store;
  await redis
    .multi()
    .hset(keys.accounts, account.username, JSON.stringify({ ...account, ...now }))
    .hdel(keys.plans, person)
    .zrem(keys.toDeliver, person)
    .zrem(keys.toPlan, person)
    .exec();
}

const start = (file: string, ...options: string[]): Program =>
  place.start('apply', file, '--timeout', '20', ...options);

const manual = () => place.configure({ sync: { mode: 'manual' } });

test('a broken file, or one of another tenant, is told by its place, and nothing is asked of anybody', async () => {
  const { redis, keys } = place.store;
  for (const [file, line] of [
    [
      await planFile([rename], { tenant: 'x' }),
      /^connector: .*plan\.json: tenant: the file is about another LastPass tenant/,
    ],
    [place.configFile, /^connector: .*connector\.yaml: is no plan file/],
    [`${planPath()}.missing`, /^connector: .*can't be read \(ENOENT\): make one with "connector preview --out/],
  ] as const) {
    const { code, output } = await place.run('apply', file, '--yes');
    assert.equal(code, 1);
    assert.match(output, line);
    const json = await place.run('apply', file, '--yes', '--json');
    assert.equal(JSON.parse(json.output).error.code, 'PLAN_FILE');
  }
  assert.equal(await redis.exists(keys.requests), 0);
});

test('where nobody can be asked, nothing happens without --yes or --dry-run, and it exits with 2', async () => {
  const { code, output } = await place.run('apply', await planFile([rename]));
  assert.equal(code, 2);
  assert.match(output, /^connector: nobody can be asked here, say --yes or --dry-run: see "connector apply --help"$/);
  assert.equal(await place.store.redis.exists(place.store.keys.requests), 0);
});

test('while all deliveries are paused, or something else is sent in manual mode, it says who, and sends nothing', async () => {
  const { redis, keys } = place.store;
  await manual();
  const file = await planFile([rename]);
  const by = { by: 'eve', atMs: 1 };
  const request = { id: 'x', full: true, before: { 'full-read': null, changes: null, accounts: null } };
  for (const { key, value, code, text } of [
    { key: keys.paused, value: by, code: 'DELIVERY_PAUSED', text: /^eve paused all deliveries at/ },
    { key: keys.run, value: { ...by, request }, code: 'RUN_UNDER_WAY', text: /^a sync, .*, asked for by eve at/ },
    { key: keys.reviewed, value: { ...by, people: 1 }, code: 'RUN_UNDER_WAY', text: /^another plan file .* eve at/ },
  ]) {
    await redis.set(key, JSON.stringify(value));
    const ran = await place.run('apply', file, '--yes', '--json');
    assert.equal(ran.code, 1);
    const { error } = JSON.parse(ran.output);
    assert.equal(error.code, code);
    assert.match(error.message, text);
    await redis.del(key);
  }
  assert.equal(await redis.exists(keys.requests), 0);
});

test('when the services do not read or plan, it says so and has sent nothing', async () => {
  const file = await planFile([rename]);
  const late = await place.run('apply', file, '--yes', '--timeout', '0.3');
  assert.equal(late.code, 1);
  assert.match(late.output, /Not read to the end: reading corp, reading the accounts\. Nothing was sent\.$/);
  await place.store.redis.del(place.store.keys.requests);
  await using program = start(file, '--yes', '--json');
  await waitUntil('the request', () => place.store.redis.hexists(place.store.keys.requests, 'changes'));
  await place.answerRequests();
  assert.equal(await program.ended, 1);
  const { error } = JSON.parse(program.output);
  assert.equal(error.code, 'NOT_PLANNED');
  assert.match(error.message, /^nothing is planned yet: /);
});

test('under another policy than the services have, it says so', async () => {
  const { redis, keys } = place.store;
  const file = await planFile([rename]);
  await using program = start(file, '--yes');
  await answer(program);
  await redis.set(keys.policy, JSON.stringify({ version: 'another', settled: true, after: {}, firstRun: null }));
  assert.equal(await program.ended, 1);
  assert.match(program.output, /connector: the policy in force is another than the one configured here: restart/);
});

test('in automatic mode it waits for what is sent by itself, and says what was', async () => {
  const { redis, keys } = place.store;
  await plan([rename, joinSales]);
  await using program = start(await planFile([rename]), '--yes');
  await answer(program);
  await waitUntil('the wait', () => program.output.includes('delivering 1'));
  assert.equal(await redis.exists(keys.reviewed, keys.reviewedSteps), 0);
  await deliver({ fullname: 'Ann Lee', groups: ['Sales'] });
  assert.equal(await program.ended, 0, program.output);
  assert.match(program.output, /^.*plan\.json: 1 step for 1 person, made by somebody at 2026-11-28 00:00:00 UTC\.\n/);
  assert.match(program.output, /^To be sent: 1 step for 1 person; so already: 0; refused: 0\.$/m);
  assert.match(
    program.output,
    /^Planned, and not in the file: \d steps? for 1 person, sent by themselves, as sync\.mode is/m,
  );
  assert.match(program.output, /^ {2}delivered +Ann +a@x\.org +rename to "Ann Lee" \(is called/m);
  assert.match(program.output, /^Done in .*\. Steps delivered: 1; so already: 0; not done: 0\.$/m);
});

test('in manual mode a run of exactly these steps is opened, in the name of who asked', async () => {
  const { redis, keys } = place.store;
  await manual();
  await plan([rename, joinSales]);
  await using program = start(await planFile([rename]), '--yes');
  await answer(program);
  await waitUntil('the run', () => redis.exists(keys.reviewed));
  assert.equal(reviewedRun.parse(JSON.parse((await redis.get(keys.reviewed)) ?? '')).people, 1);
  const raw = (await redis.hget(keys.reviewedSteps, person)) ?? '';
  assert.equal(raw, reviewedText([stepDigest('a@x.org', rename)]));
  assert.equal(await redis.exists(keys.run), 0);
  const status = await place.run('status');
  assert.match(status.output, /mode +manual: a plan file is being applied, for 1 person, asked for by/);
  await deliver({ fullname: 'Ann Lee' });
  assert.equal(await program.ended, 0, program.output);
  assert.match(program.output, /not in the file: \d steps? for 1 person, not sent by this\.$/m);
  assert.equal(await redis.exists(keys.reviewed, keys.reviewedSteps), 0, 'the run is over with its last words');
});

test('what has moved between the judgement and its turn is told as moved; Ctrl-C leaves the rest to go on', async () => {
  const { redis, keys } = place.store;
  await manual();
  await plan([rename]);
  await using program = start(await planFile([rename]), '--yes');
  await answer(program);
  await waitUntil('the run', () => redis.exists(keys.reviewed));
  await plan([{ ...rename, fullname: 'Ann Jones' }]);
  assert.equal(await program.ended, 1);
  assert.match(program.output, /^ {2}moved +Ann +a@x\.org +rename to "Ann Lee" .* planned now: rename to "Ann Jones"/m);

  await plan([rename]);
  await redis.del(keys.requests);
  await using second = start(await planFile([rename]), '--yes');
  await answer(second);
  await waitUntil('the run', () => redis.exists(keys.reviewed));
  second.signal('SIGINT');
  assert.equal(await second.ended, 1);
  assert.match(
    second.output,
    /Not waited for\. .*Outstanding: delivering 1, time left unknown yet\.\nIt goes on by itself: see "connector status"\.$/,
  );
  assert.equal(await redis.exists(keys.reviewed), 1);
});

test('whoever is held is released by --with-held, by the very decision of connector release, before the run begins', async () => {
  const { redis, keys } = place.store;
  await manual();
  const held = { cleared: false, heldBecause: 'too many at once' };
  const file = await planFile([disable], { outcome: 'held', because: 'too many at once' });
  await plan([disable], held);
  await redis.zrem(keys.toDeliver, person);
  await redis.zadd(keys.held, 1, person);

  await using without = start(file, '--yes');
  await answer(without);
  assert.equal(await without.ended, 1);
  assert.match(without.output, /^ {2}held +Ann .*too many at once: "connector release a@x\.org", or --with-held$/m);
  assert.equal(await redis.hexists(keys.decisions, person), 0);

  await redis.del(keys.requests);
  await using program = start(file, '--yes', '--with-held');
  await answer(program);
  await waitUntil('the run', () => redis.exists(keys.reviewed));
  assert.match(program.output, /^ {2}release +Ann +a@x\.org +disable \(was deleted in Active Directory\)$/m);
  const { verdict, guarded } = decision.parse(JSON.parse((await redis.hget(keys.decisions, person)) ?? 'null'));
  assert.deepEqual([verdict, guarded], ['released', 'digest-a']);
  assert.equal(await redis.zscore(keys.held, person), null);
  const reviewed = parseReviewed((await redis.hget(keys.reviewedSteps, person)) ?? '', '');
  const stored: Plan = JSON.parse((await redis.hget(keys.plans, person)) ?? '');
  assert.equal(hasStep({ ...stored, cleared: true }, reviewed), true);
  await deliver({ disabled: true });
  assert.equal(await program.ended, 0, program.output);
});

test('a dry run says what would be done, asks for readings only, and decides nothing, also while paused', async () => {
  const { redis, keys } = place.store;
  await manual();
  await place.run('pause');
  await plan([rename]);
  await using program = start(await planFile([rename, disable]), '--dry-run');
  await answer(program);
  assert.equal(await program.ended, 1, 'a step is refused');
  assert.match(
    program.output,
    /^To be sent: 1 step for 1 person; so already: 0; refused: 1\.\n {2}moved +Ann (?:.*\n)+Nothing was sent\.$/m,
  );
  assert.equal(await redis.exists(keys.reviewed, keys.reviewedSteps, keys.run, keys.decisions), 0);
});
