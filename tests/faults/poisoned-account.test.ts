/** One account of a thousand that LastPass never takes, or never answers about: it costs the others a few calls and no more. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { intent, setAside } from '@connector/shared/plan.ts';
import { waitUntil } from '../support/wait-until.ts';
import { creations, repeats } from './call-log.ts';
import { directoryId, type LoggedCall, type Run, Servers } from './pipeline.ts';
import { bases, directory, guidOf, person, surroundings } from './scenario.ts';

const thousand = Array.from({ length: 1_000 }, (_, index) => 1_000 + index);
const addressOf = (n: number) => `p${n}@company.test`;
const poisoned = 1_437;
const poisonedPerson = `${directoryId}/${guidOf(poisoned)}`;

/** What is to be done for everybody by one command, and how an account shows that it was done. */
const work = {
  batchadd: {
    before: async () => undefined,
    begin: (run: Run) => run.appendFullRead([...surroundings(), ...thousand.map((n) => person(n, `p${n}`))], bases),
    isDone: () => true,
  },
  disableuser: {
    before: async (run: Run) => {
      await run.appendFullRead([...surroundings(), ...thousand.map((n) => person(n, `p${n}`))], bases);
      await run.quiet({ withinMs: 60_000 });
    },
    begin: (run: Run) =>
      run.append({
        type: 'changes',
        caughtUp: true,
        changes: thousand.map((n) => ({ guid: guidOf(n), complete: false, userAccountControl: 514 })),
      }),
    isDone: ({ disabled }: { disabled: boolean }) => disabled,
  },
  batchchangegrp: {
    before: async () => undefined,
    begin: (run: Run) =>
      run.appendFullRead([...surroundings({ staff: thousand }), ...thousand.map((n) => person(n, `p${n}`))], bases),
    isDone: ({ groups = [] }: { groups?: readonly string[] }) => groups.includes('Staff'),
  },
};
type Command = keyof typeof work;

const known = { users: thousand.map((n) => ({ username: addressOf(n), fullname: `Mx p${n}` })) };
const everybodyMayLeave = { firstCreates: 10_000, maxLeavers: 5_000, maxLeaversPercent: 100, maxLeaversHard: 5_000 };

const begin = (servers: Servers, { cmd, batchSize }: { cmd: Command; batchSize: number }): Promise<Run> =>
  servers.run({
    directory,
    policy: { memberships: 'all', guard: everybodyMayLeave },
    lastpass: { batchSize },
    tenant: cmd === 'batchadd' ? {} : known,
  });

/** How many have what they should. */
async function countDone(run: Run, cmd: Command): Promise<number> {
  const names = new Set(thousand.map(addressOf));
  const { users } = await run.simulator.state();
  return users.filter((user) => names.has(user.username) && work[cmd].isDone(user)).length;
}

const asideReason = async ({ store: { redis, keys } }: Run): Promise<string | null> => {
  const raw = await redis.hget(keys.setAside, poisonedPerson);
  return raw === null ? null : setAside.parse(JSON.parse(raw)).reason;
};

/** Lets the time pass in which a create without an answer may still be under way, for those whom nobody is at. */
async function letSettle({ store: { redis, keys } }: Run): Promise<void> {
  if ((await redis.hlen(keys.claims)) > 0) return;
  for (const [who, raw] of Object.entries(await redis.hgetall(keys.intents))) {
    const sent = intent.parse(JSON.parse(raw));
    await redis.hset(keys.intents, who, JSON.stringify({ ...sent, settlesAtMs: 0 }));
    await redis.zadd(keys.toDeliver, 'XX', 'LT', Date.now(), who);
  }
}

async function assertTheOthersAreDone(run: Run, cmd: Command): Promise<readonly LoggedCall[]> {
  assert.equal(await countDone(run, cmd), 999);
  assert.equal(await run.store.redis.hlen(run.store.keys.setAside), 1);
  const calls = await run.calls();
  const twice = Object.entries(creations(calls)).filter(([, count]) => count !== 1);
  assert.deepEqual(twice, [], 'created twice');
  assert.deepEqual(repeats(calls), []);
  return calls;
}

/** The refusals: with the account's name, or about an entry that isn't named. */
const refusals = [
  { says: 'names the account', fault: { kind: 'poison', error: 'Not this one' }, extra: () => 1 },
  {
    says: 'names nobody',
    fault: { kind: 'fail', error: 'Not this one' },
    extra: (batchSize: number) => 2 * Math.ceil(Math.log2(batchSize)),
  },
];

describe('an account of 1,000 that LastPass always refuses: 999 are delivered, it is set aside in LastPass’s words', () => {
  const batches: readonly { cmd: Command; batchSize: number }[] = [
    { cmd: 'batchadd', batchSize: 200 },
    { cmd: 'batchadd', batchSize: 500 },
    { cmd: 'disableuser', batchSize: 200 },
    { cmd: 'batchchangegrp', batchSize: 200 },
  ];
  for (const { cmd, batchSize } of batches)
    for (const { says, fault, extra } of refusals)
      test(`${cmd} by ${batchSize}, the answer ${says}`, async () => {
        await using servers = await Servers.create();
        await using run = await begin(servers, { cmd, batchSize });
        await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
        await work[cmd].before(run);
        const before = (await run.calls()).length;
        await run.simulator.faults([{ ...fault, cmd, usernames: [addressOf(poisoned)] }]);
        await work[cmd].begin(run);
        await run.quiet({ withinMs: 90_000 });
        const calls = (await assertTheOthersAreDone(run, cmd)).slice(before);
        assert.match((await asideReason(run)) ?? '', /^LastPass refuses: .*Not this one/);
        const sent = calls.filter((call) => call.cmd === cmd);
        const named = ({ data }: LoggedCall) => JSON.stringify(data).includes(`"${addressOf(poisoned)}"`);
        const without = sent.filter((call) => !named(call));
        // How many calls the others take depends on how planning cuts them; each of the poisoned one's has one that is spared them.
        const spared = without.length - Math.ceil(999 / batchSize);
        const most = extra(batchSize) + 1;
        assert.ok(sent.filter(named).length <= most, `${sent.filter(named).length} calls with it, more than ${most}`);
        assert.ok(spared <= most + Math.ceil(1_000 / batchSize) * 3, `${spared} calls more than batches`);
        const reads = calls.filter((call) => call.cmd === 'getuserdata').length;
        assert.ok(reads <= 2 * most + 12, `${reads} reads`);
      });
});

describe('an account of 1,000 about which LastPass never gives an answer: 999 are delivered, it is set aside', () => {
  const cases: readonly { cmd: Command; fault: object }[] = [
    { cmd: 'batchadd', fault: { kind: 'http-500' } },
    { cmd: 'disableuser', fault: { kind: 'reset' } },
    { cmd: 'batchchangegrp', fault: { kind: 'http-500', status: 503 } },
  ];
  for (const { cmd, fault } of cases)
    test(`${cmd}, ${Object.values(fault).join(' ')}`, async () => {
      await using servers = await Servers.create();
      await using run = await begin(servers, { cmd, batchSize: 200 });
      await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
      await work[cmd].before(run);
      await run.simulator.faults([{ ...fault, cmd, usernames: [addressOf(poisoned)] }]);
      await work[cmd].begin(run);
      await waitUntil(
        'the account to be set aside, and the others delivered',
        async () => {
          const reason = await asideReason(run);
          if (reason !== null && (await countDone(run, cmd)) === 999) return true;
          await letSettle(run);
          throw new Error(`${await countDone(run, cmd)} are done; ${reason}`);
        },
        { withinMs: 150_000, everyMs: 200 },
      );
      assert.match((await asideReason(run)) ?? '', /^LastPass gives no answer about this account: /);
      const sent = (await assertTheOthersAreDone(run, cmd)).filter((call) => call.cmd === cmd);
      const struck = sent.filter((call) => call.fault !== null).length;
      const most = 2 + Math.ceil(Math.log2(200));
      assert.ok(struck <= most, `${struck} calls without an answer, more than ${most}`);
    });
});
