/** Somebody of whom everything can be told: in scope by a nesting, linked, decided about, with a mail that somebody else has too. */
import { auditWrites, type NewAuditEntry } from '@connector/shared/audit.ts';
import { indexEntry } from '@connector/shared/people-with-mail.ts';
import type { Decision, Link } from '@connector/shared/plan.ts';
import { policy, policyVersion } from '@connector/shared/policy.ts';
import { sealAudit } from '@connector/sync/audit/seal-audit.ts';
import { accountOf } from '../reconciler/reconciling.ts';
import { guidOf, type Workplace } from './workplace.ts';

const [root, jane, double, staff, field] = ['0', 'a', 'b', '1', '2'] as const;
const filter = 'CN=Staff,DC=corp,DC=test';

/** Her mail, which is her user name too. */
export const janesMail = 'jane@corp.test';
/** The user name of an account that is nobody's. */
export const stranger = 'stranger@elsewhere.test';

/**
 * Puts her into a workplace, as the services would have left her, and a stranger.
 * @param configuration besides the policy
 */
export async function putJaneToWork(place: Workplace, configuration: object = {}): Promise<void> {
  const { redis, keys } = place.store;
  await place.clear();
  const rules = { groupFilter: [filter] };
  await place.configure({ policy: rules, ...configuration });
  const version = policyVersion(policy.parse(rules), [{ id: 'corp', userBases: [], groupBases: [] }]);
  await redis.set(keys.policy, JSON.stringify({ version, settled: true, after: {}, firstRun: null }));
  await redis.set(keys.directory('corp').caughtUp, '1');
  await redis.set(keys.accountsRead, JSON.stringify({ atMs: 1, total: 2, answered: null }));
  await place.mirror(root, { kind: 'container', rdn: 'DC=corp,DC=test', parent: null, mail: null });
  const person = { rdn: 'CN=Jane Doe', displayName: 'Jane Doe', sAMAccountName: 'jane', mail: janesMail };
  await place.mirror(jane, person);
  await place.mirror(double, { ...person, displayName: 'Jane Double' });
  await place.mirror(staff, { kind: 'group', rdn: 'CN=Staff', mail: null });
  await place.mirror(field, { kind: 'group', rdn: 'CN=Field', mail: null });
  const mirror = keys.directory('corp').mirror(1);
  for (const each of [jane, double]) await redis.zadd(mirror.mails, '0', indexEntry(janesMail, guidOf(each)));
  await redis.zadd(mirror.groupNames, '0', indexEntry('staff', guidOf(staff)));
  await redis.sadd(mirror.memberships(guidOf(jane)), guidOf(field));
  await redis.sadd(mirror.memberships(guidOf(field)), guidOf(staff));
  const account = { ...accountOf({ username: janesMail, fullname: 'Jane D.', groups: ['Other'] }), id: '1001' };
  await redis.hset(keys.accounts, janesMail, JSON.stringify(account));
  const theirs = accountOf({ username: stranger, fullname: 'A Stranger', groups: [] });
  await redis.hset(keys.accounts, stranger, JSON.stringify(theirs));
  const link: Link = { username: janesMail, id: '1001', disabledByUs: false, removedByUs: false };
  await redis.hset(keys.links, `corp/${guidOf(jane)}`, JSON.stringify(link));
  await redis.hset(keys.linked, janesMail, `corp/${guidOf(jane)}`);
  const decision: Decision = { guarded: 'x', verdict: 'released', by: 'root', atMs: 1 };
  await redis.hset(keys.decisions, `corp/${guidOf(jane)}`, JSON.stringify(decision));
}

/** What was done about her, as the audit trail tells it: the connector has renamed her, LastPass has refused her a group, and root has released her. */
export async function tellOfJane({ store }: Workplace): Promise<void> {
  const of = { kind: 'person', id: `corp/${guidOf(jane)}`, name: 'Jane Doe' } as const;
  const delivered = { by: 'connector', of, source: 'corp/7' } as const;
  const entries: NewAuditEntry[] = [
    {
      ...{ ...delivered, atMs: 1, did: 'renamed', was: { name: 'Jane' }, is: { name: 'Jane D.' } },
      answer: { command: 'updateuser', said: null, tookMs: 120 },
    },
    {
      ...{ ...delivered, atMs: 2, did: 'tried to join groups', was: null, is: null },
      answer: { command: 'batchchangegrp', said: 'no such user', tookMs: null },
    },
    { ...{ atMs: 3, by: 'root', did: 'released', of, source: null }, was: 'held', is: { verdict: 'released' } },
  ];
  await store.commit({ guards: [], writes: auditWrites(store.keys, entries) });
  await sealAudit(store);
}
