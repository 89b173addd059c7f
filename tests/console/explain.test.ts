/** What `connector explain` says of people in every situation, each brought about by the reconciler's own parts on a real Redis. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Account } from '@connector/shared/account.ts';
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import type { Link, SetAside } from '@connector/shared/plan.ts';
import { openContext } from '@connector/sync/plan/planning-context.ts';
import { findPeople } from '../../services/console/src/explain/find-people.ts';
import { readStory, type Story } from '../../services/console/src/explain/story.ts';
import { accountOf, container, group, guid, patch, person, Reconciling, user } from '../reconciler/reconciling.ts';

type Rules = NonNullable<Parameters<typeof Reconciling.create>[0]>;

/** Whom each test is about. */
const ann = 11;
const mail = `u${ann}@example.test`;
const disabled = { userAccountControl: 514 };

const contextOf = async (its: Reconciling) => (await openContext(its.planning)) ?? assert.fail('nobody can be planned');

async function storyOf(its: Reconciling, { stopped = null }: { stopped?: string | null } = {}): Promise<Story> {
  const context = await contextOf(its);
  return (await readStory({ context, stopped, nowMs: Date.now() }, person(ann))) ?? assert.fail('nobody was found');
}

interface Situation {
  readonly rules?: Rules;
  readonly objects: readonly DirectoryChange[];
  /** What happens after the first read was planned. */
  readonly afterwards?: (its: Reconciling) => Promise<void>;
}

async function told({ rules, objects, afterwards = async () => undefined }: Situation): Promise<Story> {
  await using its = await Reconciling.create(rules);
  await its.fullRead(...objects);
  await afterwards(its);
  return await storyOf(its);
}

/** Everybody planned has an account, is linked to it, and was planned again. */
async function delivered(its: Reconciling): Promise<void> {
  await its.deliverAll();
  await its.reconcile();
}

/** Somebody says no to what waits for a word. */
async function reject(its: Reconciling): Promise<void> {
  const { redis, keys } = its.store;
  const guarded = (await its.planOf(ann))?.guarded ?? '';
  const decision = { guarded, verdict: 'rejected', by: 'root', atMs: 1 };
  await redis
    .multi()
    .hset(keys.decisions, person(ann), JSON.stringify(decision))
    .zadd(keys.toPlan, 1, person(ann))
    .exec();
  await its.reconcile();
}

const account = (more: Partial<Account> = {}): Account => ({
  ...accountOf({ username: mail, fullname: `User ${ann}`, groups: [] }),
  ...more,
});
const standing = ({ verdict }: Story) => verdict.standing;
const sentence = ({ verdict }: Story) => verdict.sentence;

suite('in scope', () => {
  test('synced: the base, the account, and nothing to do', async () => {
    const story = await told({ objects: [user(ann)], afterwards: delivered });
    assert.deepEqual([standing(story), story.scope.out, story.scope.base], ['synced', null, 'DC=example,DC=test']);
    assert.deepEqual([story.account?.username, story.steps, story.directory.status], [mail, [], 'enabled']);
    assert.equal(story.directory.dn, `CN=User ${ann},DC=example,DC=test`);
  });

  test('by a nesting of three levels: the way is told, group by group', async () => {
    const story = await told({
      rules: { groupFilter: ['Top'] },
      objects: [user(ann), group(21, 'Low', [ann]), group(22, 'Middle', [21]), group(23, 'Top', [22])],
      afterwards: delivered,
    });
    assert.deepEqual(story.scope.filter, [{ entry: 'Top', exists: true, way: ['Low', 'Middle', 'Top'] }]);
    assert.deepEqual(story.groups, [{ name: 'Top', way: ['Low', 'Middle', 'Top'] }]);
    assert.equal(standing(story), 'synced');
  });

  test('by the primary group, which no member list names', async () => {
    const story = await told({
      rules: { groupFilter: ['Domain Users'] },
      objects: [user(ann, { primaryGroupId: 513 }), group(21, 'Domain Users', [], { rid: 513 })],
    });
    assert.deepEqual([story.scope.out, story.scope.filter[0]?.way], [null, ['Domain Users']]);
  });

  test('to be created, and why it waits', async () => {
    await using its = await Reconciling.create();
    await its.fullRead(user(ann));
    const now = await storyOf(its);
    assert.deepEqual([standing(now), now.steps.map(({ kind }) => kind)], ['outstanding', ['create']]);
    assert.match(sentence(now), /it is next in line/);
    const paused = await storyOf(its, { stopped: 'root paused all deliveries' });
    assert.match(sentence(paused), /root paused all deliveries/);
    await its.store.redis.zadd(its.store.keys.toDeliver, Date.now() + 60_000, person(ann));
    assert.match(sentence(await storyOf(its)), /it is tried again in (59 s|1 min 0 s)/);
  });

  test('a call about them under way', async () => {
    const story = await told({
      objects: [user(ann)],
      afterwards: async ({ store }) => void (await store.redis.hset(store.keys.claims, person(ann), 'pusher#1')),
    });
    assert.match(sentence(story), /is being delivered/);
  });

  test('a removal of their former account that had no answer, and may yet come', async () => {
    const unsettled: Link = {
      username: mail,
      id: '7',
      disabledByUs: false,
      removedByUs: true,
      settlesAtMs: Date.now() + 30_000,
    };
    const story = await told({
      objects: [user(ann)],
      afterwards: async ({ store: { redis, keys } }) => {
        await redis.hset(keys.links, person(ann), JSON.stringify(unsettled));
        await redis.hset(keys.linked, mail, person(ann));
      },
    });
    assert.deepEqual([standing(story), story.steps], ['under way', []]);
    assert.match(sentence(story), /the removal of the former account had no answer/);
  });

  test('a call about the same account under way for somebody else', async () => {
    const story = await told({
      objects: [user(ann)],
      afterwards: async ({ store }) => void (await store.redis.hset(store.keys.creating, mail, person(12))),
    });
    assert.deepEqual([standing(story), story.account], ['under way', null]);
    assert.match(sentence(story), /under way for somebody else/);
  });

  test('and the policy makes no accounts', async () => {
    const story = await told({ rules: { onDetected: 'ignore' }, objects: [user(ann)] });
    assert.equal(standing(story), 'not synced');
    assert.match(sentence(story), /onDetected: ignore/);
  });

  test('invited, who hasn’t accepted yet', async () => {
    const story = await told({
      objects: [user(ann)],
      afterwards: async (its) => {
        await its.listed(account({ invited: true, id: null }));
        await its.reconcile();
      },
    });
    assert.equal(standing(story), 'synced');
    assert.match(sentence(story), /the invitation is not accepted yet/);
  });

  test('of another name than at LastPass: what is to be done, and why', async () => {
    const story = await told({
      objects: [user(ann)],
      afterwards: async (its) => {
        await delivered(its);
        await its.changes(patch(ann, { displayName: 'Ann Lee' }));
      },
    });
    assert.deepEqual([standing(story), story.name], ['outstanding', 'Ann Lee']);
    assert.deepEqual(story.steps, [
      { kind: 'rename', fullname: 'Ann Lee', because: `is called "User ${ann}" at LastPass` },
    ]);
  });

  test('whose account expires: until when it is enabled, and when it is looked at again', async () => {
    const accountExpiresMs = Date.now() + 3_600_000;
    const story = await told({ objects: [user(ann, { accountExpiresMs })], afterwards: delivered });
    assert.deepEqual(
      [story.directory.status, story.directory.expiresAtMs, story.againAtMs],
      ['enabled', accountExpiresMs, accountExpiresMs],
    );
  });
});

suite('out of scope', () => {
  const outside = (its: Situation) => told(its);

  test('under none of the bases', async () => {
    await using its = await Reconciling.create();
    await its.fullRead(user(ann, { parent: guid(99) }));
    const story = await storyOf(its);
    assert.deepEqual([standing(story), story.scope.base], ['not synced', null]);
    assert.match(sentence(story), /is not under any of userBases/);
  });

  test('left out by the filter: which groups it names, and which of them don’t exist', async () => {
    const story = await outside({
      rules: { groupFilter: ['Staff', 'Nowhere'] },
      objects: [user(ann), group(21, 'Staff', [])],
    });
    assert.deepEqual(story.scope.filter, [
      { entry: 'Staff', exists: true, way: null },
      { entry: 'Nowhere', exists: false, way: null },
    ]);
    assert.match(sentence(story), /is not synced: left the group filter \(Staff, Nowhere\)/);
  });

  test('by excludeUsers', async () => {
    const story = await outside({
      rules: { excludeUsers: ['svc-*'] },
      objects: [user(ann, { sAMAccountName: 'svc-ann' })],
    });
    assert.match(sentence(story), /is excluded by excludeUsers \(svc-\*\)/);
  });

  test('by excludeGroups, and through which groups', async () => {
    const story = await outside({
      rules: { excludeGroups: ['Robots'] },
      objects: [user(ann), group(21, 'Machines', [ann]), group(22, 'Robots', [21])],
    });
    assert.deepEqual(story.scope.excludedThrough, ['Machines', 'Robots']);
    assert.match(sentence(story), /is in the group Robots, which excludeGroups names/);
  });

  test('no person at all', async () => {
    const story = await outside({ objects: [user(ann, { isCriticalSystemObject: true })] });
    assert.match(sentence(story), /is no person/);
  });

  for (const [why, changes, words, status] of [
    ['disabled', disabled, /is disabled in Active Directory/, 'disabled'],
    ['expired', { accountExpiresMs: 1 }, /has expired in Active Directory/, 'expired'],
    ['deleted', { deleted: true }, /was deleted in Active Directory/, 'deleted'],
  ] as const)
    test(`${why}, and without an account: gets none`, async () => {
      const story = await told({
        objects: [user(ann, why === 'deleted' ? {} : changes)],
        afterwards: async (its) => {
          if (why === 'deleted') await its.changes(patch(ann, changes));
        },
      });
      assert.deepEqual([standing(story), story.directory.status, story.steps], ['not synced', status, []]);
      assert.match(sentence(story), words);
    });
});

suite('gone', () => {
  /** Ann has an account, and is disabled in AD. */
  const left = (more: Situation['afterwards'] = async () => undefined, rules?: Rules): Situation => ({
    ...(rules === undefined ? {} : { rules }),
    objects: [user(ann)],
    afterwards: async (its) => {
      await delivered(its);
      await its.changes(patch(ann, disabled));
      await more(its);
    },
  });

  test('to be disabled', async () => {
    const story = await told(left());
    assert.deepEqual([standing(story), story.steps.map(({ kind }) => kind)], ['outstanding', ['disable']]);
  });

  test('and the account is disabled by us', async () => {
    const story = await told(
      left(async (its) => {
        const { redis, keys } = its.store;
        const link: Link = { username: mail, id: `id of ${mail}`, disabledByUs: true, removedByUs: false };
        await redis.hset(keys.links, person(ann), JSON.stringify(link));
        await its.listed(account({ disabled: true }));
        await its.reconcile();
      }),
    );
    assert.deepEqual([standing(story), story.link?.disabledByUs], ['left', true]);
    assert.equal(sentence(story), 'is disabled in Active Directory: the account is disabled');
  });

  test('and the policy does nothing about it', async () => {
    const story = await told(left(undefined, { memberships: 'all', onDisabled: 'nothing' }));
    assert.equal(sentence(story), 'is disabled in Active Directory: the policy leaves the account as it is');
  });

  test('held by the guard, with its reason and both ways out', async () => {
    const story = await told(left(undefined, { memberships: 'all', guard: { maxLeavers: 0, maxLeaversPercent: 0 } }));
    assert.equal(standing(story), 'held');
    assert.match(sentence(story), /is held: .*1/);
    assert.match(story.verdict.remedy ?? '', /connector release u11@example\.test.*connector reject u11@example\.test/);
  });

  test('held, and rejected by somebody', async () => {
    const story = await told(
      left(
        async (its) => {
          await reject(its);
        },
        { memberships: 'all', guard: { maxLeavers: 0, maxLeaversPercent: 0 } },
      ),
    );
    assert.deepEqual([standing(story), story.decision?.by], ['rejected', 'root']);
  });

  test('kept for a while: until when', async () => {
    const rules: Rules = { memberships: 'all', onDisabled: { action: 'remove', after: '30d' } };
    const story = await told(left(undefined, rules));
    assert.deepEqual(
      story.steps.map(({ kind }) => kind),
      ['disable'],
    );
    assert.ok((story.againAtMs ?? 0) > Date.now() + 29 * 86_400_000);
  });

  test('missing from a complete read, and not proved deleted: held', async () => {
    const story = await told({
      objects: [user(ann)],
      afterwards: async (its) => {
        await delivered(its);
        const generation = await its.beginFullRead([]);
        await its.append(
          { type: 'listed', generation },
          { type: 'looked-up', changes: [patch(ann, { absent: true })] },
          { type: 'end', generation },
        );
        await its.reconcile();
      },
    });
    assert.deepEqual([standing(story), story.directory.status], ['held', 'missing']);
    assert.match(sentence(story), /not proved deleted/);
  });
});

suite('in the way', () => {
  test('no mail', async () => {
    const story = await told({ objects: [user(ann, { mail: null })] });
    assert.deepEqual([standing(story), story.username], ['set aside', null]);
    assert.match(sentence(story), /has no mail: set the mail attribute/);
  });

  test('a mail that can’t be one', async () => {
    assert.match(sentence(await told({ objects: [user(ann, { mail: 'ann' })] })), /has no valid mail \("ann"\)/);
  });

  test('a mail that somebody else has, and who', async () => {
    const story = await told({ objects: [user(ann), user(12, { mail, displayName: 'Bob' })] });
    assert.deepEqual(story.sameMail, [{ person: person(12), name: 'Bob' }]);
    assert.match(sentence(story), /is held by others too/);
  });

  test('a new mail for which they wait, as another’s account has it', async () => {
    const story = await told({
      objects: [user(ann), user(12)],
      afterwards: async (its) => {
        await delivered(its);
        await its.changes(patch(12, { mail: null }), patch(ann, { mail: 'u12@example.test' }));
      },
    });
    assert.equal(standing(story), 'set aside');
    assert.match(
      sentence(story),
      new RegExp(`the mail u12@example.test waits for the account that has it, of ${person(12)}`),
    );
  });

  test('a new mail that was asked for, and counts once they log in', async () => {
    const story = await told({
      objects: [user(ann)],
      afterwards: async (its) => {
        await delivered(its);
        const link = { username: mail, id: `id of ${mail}`, disabledByUs: false, changingTo: 'ann@example.test' };
        await its.store.redis.hset(its.store.keys.links, person(ann), JSON.stringify(link));
        await its.changes(patch(ann, { mail: 'ann@example.test' }));
      },
    });
    assert.deepEqual([standing(story), story.link?.changingTo], ['synced', 'ann@example.test']);
  });

  test('an account that was created for somebody else', async () => {
    const story = await told({
      objects: [user(ann, { mail: 'new@example.test' }), user(12)],
      afterwards: async (its) => {
        const others = { objectGuid: guid(12), directory: 'corp', username: 'shared@example.test' };
        await its.listed(account(others));
        await its.changes(
          patch(ann, { mail: 'shared@example.test' }),
          patch(12, { mail: null, userAccountControl: 514 }),
        );
        const { redis, keys } = its.store;
        await redis.hdel(keys.linked, 'shared@example.test');
        await redis.hdel(keys.links, person(12));
      },
    });
    assert.match(sentence(story), /was created for another person/);
  });

  test('userAccountControl can’t be read', async () => {
    const story = await told({ objects: [user(ann, { userAccountControl: null })] });
    assert.deepEqual([standing(story), story.directory.status], ['set aside', 'unreadable']);
  });

  test('LastPass refuses: in its words, and how to try at once', async () => {
    const aside: SetAside = { name: 'x', reason: 'LastPass refuses: no', kind: 'refused', sinceMs: 1 };
    const story = await told({
      objects: [user(ann)],
      afterwards: async ({ store }) =>
        void (await store.redis.hset(store.keys.setAside, person(ann), JSON.stringify(aside))),
    });
    assert.deepEqual([standing(story), sentence(story)], ['set aside', 'is set aside: LastPass refuses: no']);
    assert.match(story.verdict.remedy ?? '', /connector retry/);
  });
});

suite('a person’s word', () => {
  const rules: Rules = { memberships: 'all', onDetected: 'approve' };

  test('pending', async () => {
    const story = await told({ rules, objects: [user(ann)] });
    assert.equal(standing(story), 'pending');
    assert.match(story.verdict.remedy ?? '', /"connector approve u11@example\.test"/);
  });

  test('rejected', async () => {
    const story = await told({
      rules,
      objects: [user(ann)],
      afterwards: async (its) => {
        await reject(its);
      },
    });
    assert.deepEqual([standing(story), sentence(story)], ['rejected', 'gets no account: somebody has rejected it']);
  });
});

suite('changed by hand at LastPass', () => {
  const byHand = (accounts: readonly Account[]): Situation => ({
    objects: [user(ann)],
    afterwards: async (its) => {
      await delivered(its);
      await its.listed(...accounts);
      await its.reconcile();
    },
  });

  test('deleted', async () => {
    const story = await told(byHand([]));
    assert.deepEqual([standing(story), story.account], ['drift', null]);
    assert.match(sentence(story), /was deleted at LastPass/);
    assert.match(story.verdict.remedy ?? '', /"connector retry u11@example\.test"/);
  });

  test('disabled', async () => {
    const story = await told(byHand([account({ disabled: true })]));
    assert.equal(standing(story), 'drift');
    assert.match(sentence(story), /is disabled at LastPass, not by the connector/);
  });
});

test('people are found by whatever is known of them, deleted or not, and all who go by a name are', async () => {
  await using its = await Reconciling.create();
  await its.fullRead(
    container(31, 'OU=Staff'),
    user(ann, { rdn: 'CN=Lee\\, Ann', displayName: 'Ann Lee', sAMAccountName: 'alee', parent: guid(31) }),
    user(12, { displayName: 'Ann Lee' }),
    user(13, { displayName: 'Gone' }),
  );
  await delivered(its);
  await its.changes(patch(13, { deleted: true }), patch(12, { mail: 'other@example.test' }));
  const context = await contextOf(its);
  for (const [who, numbers] of [
    [person(ann).toUpperCase(), [ann]],
    [guid(ann), [ann]],
    [` ${mail.toUpperCase()} `, [ann]],
    ['ALEE', [ann]],
    ['Lee, Ann', [ann]],
    ['cn=lee\\, ann, ou=staff, dc=example, dc=test', [ann]],
    ['ann lee', [ann, 12]],
    ['u12@example.test', [12]], // the user name of the account
    ['Gone', [13]],
    ['nobody', []],
    [guid(31), []], // a container
  ] as const)
    assert.deepEqual((await findPeople(context, who)).sort(), numbers.map(person).sort(), who);
});
