/** A plan file that somebody has reviewed: applying it does exactly that, and refuses step by step what has moved since. */
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { Stack, type StackOptions } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { connector, heldPeople } from './held.ts';

const mailOf = (name: string): string => `${name}@company.test`;
const planFile = z.looseObject({
  people: z.array(
    z.looseObject({
      username: z.string(),
      outcome: z.string(),
      steps: z.array(z.looseObject({ kind: z.string() })),
    }),
  ),
});
type PlanFile = z.infer<typeof planFile>;
const applied = z.object({
  end: z.string(),
  people: z.array(
    z.object({
      username: z.string(),
      steps: z.array(
        z.object({
          step: z.looseObject({ kind: z.string() }),
          outcome: z.string(),
          because: z.string().nullable(),
        }),
      ),
    }),
  ),
  notInFile: z.object({ people: z.number(), steps: z.number() }).nullable(),
});

/** An OU of people in front of services, in manual mode unless said otherwise, which run and have planned. */
async function company(
  names: readonly string[],
  { policy = {}, sync = { mode: 'manual' } }: Pick<StackOptions, 'policy' | 'sync'> = {},
) {
  const stack = await Stack.create({
    policy,
    sync,
    directory: (base) => ({ userBases: [`OU=Staff,${base}`] }),
  });
  await stack.admin.createOu({ name: 'Staff' });
  const ou = `OU=Staff,${stack.domain.baseDn}`;
  const hire = (name: string) => stack.admin.createUser({ name, ou, mail: mailOf(name) });
  for (const name of names) await hire(name);
  stack.startAll();
  await stack.planned();
  const file = join(stack.dir, 'plan.json');
  const read = async () => planFile.parse(JSON.parse(await readFile(file, 'utf8')));
  return {
    stack,
    hire,
    file,
    read,
    dn: (name: string) => `CN=${name},${ou}`,
    preview: () => connector(stack, 'preview', '--out', file),
    edit: async (change: (plan: PlanFile) => PlanFile) => writeFile(file, JSON.stringify(change(await read()))),
    usernames: async () => (await stack.simulator.state()).users.map(({ username }) => username).sort(),
    account: async (name: string) =>
      (await stack.simulator.state()).users.find(({ username }) => username === mailOf(name)),
  };
}

/** Applies a plan file. @returns how it ended, and each step's outcome by person and kind */
async function apply(stack: Stack, file: string, ...options: string[]) {
  await using command = stack.command('apply', file, '--json', ...options);
  const code = await command.ended;
  const { end, people, notInFile } = applied.parse(JSON.parse(command.output));
  const steps = people.flatMap(({ username, steps: all }) =>
    all.map(({ step, outcome, because }) => [`${username.split('@')[0]} ${step.kind}`, { outcome, because }] as const),
  );
  return { code, end, notInFile, steps: Object.fromEntries(steps) };
}
const outcomes = ({ steps }: Awaited<ReturnType<typeof apply>>): Record<string, string> =>
  Object.fromEntries(Object.entries(steps).map(([step, { outcome }]) => [step, outcome]));

test('in manual mode exactly what is left in the file is sent, and applied again it sends nothing', async () => {
  const { stack, file, read, preview, edit, hire, usernames, dn } = await company(['ann', 'bob', 'eve', 'ida']);
  await using _ = stack;
  const output = await preview();
  assert.match(output, /Wrote .*plan\.json: 4 steps for 4 people/);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.deepEqual(
    (await read()).people.map(({ username, outcome, steps }) => [username, outcome, steps.map(({ kind }) => kind)]),
    ['ann', 'bob', 'eve', 'ida'].map((name) => [mailOf(name), 'sent', ['create']]),
  );
  await edit((plan) => ({ ...plan, people: plan.people.filter(({ username }) => username !== mailOf('eve')) }));
  await hire('kim');

  const dry = await apply(stack, file, '--dry-run');
  assert.deepEqual([dry.code, dry.end, dry.notInFile], [0, 'dry run', { people: 2, steps: 2 }]);
  assert.deepEqual(outcomes(dry), { 'ann create': 'goes', 'bob create': 'goes', 'ida create': 'goes' });
  assert.deepEqual(await usernames(), []);

  const first = await apply(stack, file, '--yes');
  assert.deepEqual([first.code, first.end], [0, 'finished'], JSON.stringify(first));
  const all = (outcome: string) => ({ 'ann create': outcome, 'bob create': outcome, 'ida create': outcome });
  assert.deepEqual(outcomes(first), all('delivered'));
  assert.deepEqual(await usernames(), ['ann', 'bob', 'ida'].map(mailOf));

  await stack.admin.modify(dn('ann'), { displayName: 'Ann Lee' });
  await stack.planned();
  const since = await stack.simulator.lastCall();
  const again = await apply(stack, file, '--yes');
  assert.deepEqual([again.code, outcomes(again)], [0, all('already so')]);
  assert.deepEqual(await stack.simulator.writes(since), [], 'what came later is nobody has reviewed');

  assert.deepEqual(JSON.parse(await connector(stack, 'sync', '--json')).summary.delivered, { create: 2, rename: 1 });
});

test('what has moved in the directory or at LastPass is refused step by step; the rest of the file goes', async () => {
  const { stack, file, preview, usernames, account, dn } = await company(['ann', 'bob', 'eve', 'ida', 'max', 'tom']);
  await using _ = stack;
  await connector(stack, 'sync');
  await stack.admin.disable(dn('ann'));
  await stack.admin.disable(dn('max'));
  for (const name of ['bob', 'eve', 'ida']) await stack.admin.modify(dn(name), { displayName: `${name} Lee` });
  await stack.planned();
  await preview();

  await stack.admin.enable(dn('ann')); // nothing to do any more
  await stack.admin.modify(dn('ida'), { displayName: 'Ida Jones' }); // another step
  await stack.admin.modify(dn('tom'), { displayName: 'Tom Jones' }); // not in the file
  await stack.simulator.byHand('updateuser', { username: mailOf('bob'), fullname: 'By hand' }); // from another state
  await stack.planned();

  const { code, end, steps, notInFile } = await apply(stack, file, '--yes');
  assert.deepEqual([code, end, notInFile], [1, 'finished', { people: 3, steps: 3 }]);
  assert.deepEqual(Object.fromEntries(Object.entries(steps).map(([step, { outcome }]) => [step, outcome])), {
    'ann disable': 'moved',
    'bob rename': 'moved',
    'eve rename': 'delivered',
    'ida rename': 'moved',
    'max disable': 'delivered',
  });
  assert.match(steps['ann disable']?.because ?? '', /nothing is planned any more, the account is enabled/);
  assert.match(steps['bob rename']?.because ?? '', /planned now: rename to "bob Lee" \(is called "By hand"/);
  assert.match(steps['ida rename']?.because ?? '', /planned now: rename to "Ida Jones"/);
  assert.deepEqual(await Promise.all(['ann', 'max'].map(async (name) => (await account(name))?.disabled)), [
    false,
    true,
  ]);
  assert.deepEqual(
    await Promise.all(['bob', 'eve', 'ida', 'tom'].map(async (name) => (await account(name))?.fullname)),
    ['By hand', 'eve Lee', 'ida', 'tom'],
  );
  assert.equal((await usernames()).length, 6);
});

test('under another policy, what it plans otherwise is refused, and what its guard holds needs a word of its own', async () => {
  const { stack, file, preview, hire, account, dn } = await company(['ann', 'bob']);
  await using _ = stack;
  await connector(stack, 'sync');
  await stack.stopAll(); // before its guard has judged anybody
  for (const name of ['eve', 'kim']) await hire(name);
  await stack.admin.disable(dn('bob'));
  await preview();

  await stack.configure({
    policy: { excludeUsers: [dn('kim')], guard: { firstCreates: 100, maxLeavers: 0, maxLeaversPercent: 0 } },
  });
  stack.startAll();
  const { redis, keys } = stack.store;
  await waitUntil('the new policy to be settled', async () => {
    const state = JSON.parse((await redis.get(keys.policy)) ?? '{}');
    return state.settled === true && state.version !== JSON.parse(await readFile(file, 'utf8')).policyVersion;
  });
  await stack.planned();

  const { code, steps } = await apply(stack, file, '--yes', '--with-held');
  assert.equal(code, 1);
  assert.equal(steps['eve create']?.outcome, 'delivered');
  assert.equal(steps['kim create']?.outcome, 'moved');
  assert.equal(steps['bob disable']?.outcome, 'held', 'the file shows it as sent');
  assert.match(steps['bob disable']?.because ?? '', /"connector release bob@company\.test"/);
  assert.equal((await account('kim')) ?? null, null);
  assert.equal((await account('bob'))?.disabled, false);
});

test('whom the file shows as held is held on, and with --with-held released: exactly those left in it', async () => {
  const { stack, file, preview, edit, account, dn } = await company(['ann', 'bob', 'eve'], {
    policy: { guard: { maxLeavers: 0, maxLeaversPercent: 0 } },
  });
  await using _ = stack;
  await connector(stack, 'sync');
  for (const name of ['ann', 'bob']) await stack.admin.disable(dn(name));
  await stack.admin.modify(dn('eve'), { displayName: 'Eve Lee' });
  await stack.planned();
  await preview();
  await edit((plan) => ({ ...plan, people: plan.people.filter(({ username }) => username !== mailOf('bob')) }));

  const without = await apply(stack, file, '--yes');
  assert.deepEqual([without.code, outcomes(without)], [1, { 'eve rename': 'delivered', 'ann disable': 'held' }]);
  assert.match(without.steps['ann disable']?.because ?? '', /"connector release ann@company\.test", or --with-held/);
  assert.equal((await account('ann'))?.disabled, false);

  await using paused = stack.command('pause');
  await paused.ended;
  await using refused = stack.command('apply', file, '--yes', '--with-held');
  assert.equal(await refused.ended, 1);
  assert.match(refused.output, /paused all deliveries at .*"connector resume" first/);
  await connector(stack, 'resume');

  const released = await apply(stack, file, '--yes', '--with-held');
  assert.deepEqual(
    [released.code, outcomes(released)],
    [0, { 'eve rename': 'already so', 'ann disable': 'delivered' }],
  );
  assert.deepEqual([(await account('ann'))?.disabled, (await account('bob'))?.disabled], [true, false]);
  assert.deepEqual([...(await heldPeople(stack)).keys()], [mailOf('bob')]);
});

test('in a first run a reviewed file creates whom it shows as held, without confirming the run for others', async () => {
  const names = ['ann', 'bob', 'eve', 'ida'];
  const { stack, file, preview, hire, usernames } = await company(names, { policy: { guard: { firstCreates: 1 } } });
  await using _ = stack;
  await preview();
  await hire('kim');
  const { code, steps } = await apply(stack, file, '--yes', '--with-held');
  assert.equal(code, 0, JSON.stringify(steps));
  assert.deepEqual(await usernames(), names.map(mailOf));
  await stack.planned();
  assert.deepEqual([...(await heldPeople(stack)).keys()], [mailOf('kim')]);
});

test('in automatic mode what is in the file goes by itself, is waited for and told; what has moved is told, too', async () => {
  const { stack, file, preview, account, dn } = await company(['ann', 'bob'], { sync: { mode: 'automatic' } });
  await using _ = stack;
  await stack.settled();
  await stack.stop('pusher');
  for (const name of ['ann', 'bob']) await stack.admin.modify(dn(name), { displayName: `${name} Lee` });
  await stack.planned();
  await preview();
  await stack.admin.modify(dn('bob'), { displayName: 'Bob Jones' });
  stack.start('pusher', { replica: 'again' });
  const { code, steps } = await apply(stack, file, '--yes');
  assert.equal(code, 1);
  assert.match(steps['ann rename']?.outcome ?? '', /^(delivered|already so)$/);
  assert.equal(steps['bob rename']?.outcome, 'moved');
  assert.equal((await account('ann'))?.fullname, 'ann Lee');
  await stack.settled();
  assert.equal((await account('bob'))?.fullname, 'Bob Jones');
  assert.equal(await stack.store.redis.exists(stack.keys.reviewed), 0);
});
