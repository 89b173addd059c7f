/** As many people as one likes, in a workplace: linked, and some of them on each list that the console shows. */
import { indexEntry } from '@connector/shared/people-with-mail.ts';
import type { Link, Plan } from '@connector/shared/plan.ts';
import { policy, policyVersion } from '@connector/shared/policy.ts';
import type { MirrorObject } from '@connector/sync/mirror/mirror-object.ts';
import { accountOf } from '../reconciler/reconciling.ts';
import { guidOf, heldPlan, type Workplace } from './workplace.ts';

const guid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export interface ManyPeople {
  /** How many there are: a multiple of 1,000. */
  readonly everybody: number;
  /** How many of them are on each list: held, pending, set aside, drift, undoable. */
  readonly listed: number;
}

/** Puts everybody there as the services would have left them: Person 0, Person 1, …; `person1@corp.test` is held, if anybody is. */
export async function putManyPeople(place: Workplace, { everybody, listed }: ManyPeople): Promise<void> {
  const { redis, keys } = place.store;
  await place.clear();
  const version = policyVersion(policy.parse({}), [{ id: 'corp', userBases: [], groupBases: [] }]);
  await redis.set(keys.policy, JSON.stringify({ version, settled: true, after: {}, firstRun: null }));
  await redis.set(keys.accountsRead, JSON.stringify({ atMs: 1, total: everybody, answered: null }));
  await place.mirror('0', { kind: 'container', rdn: 'DC=corp,DC=test', parent: null, mail: null });
  const mirror = keys.directory('corp').mirror(1);
  const each = everybody / listed;
  for (let from = 0; from < everybody; from += 1_000) {
    const pipeline = redis.pipeline();
    for (let n = from; n < from + 1_000; n++) {
      const [mail, person, name] = [`person${n}@corp.test`, `corp/${guid(n)}`, `Person ${n}`];
      const on = (list: number) => n % each === list;
      pipeline.hset(mirror.objects, guid(n), JSON.stringify(inDirectory(n, mail)));
      pipeline.zadd(mirror.mails, 0, indexEntry(mail, guid(n)));
      const account = accountOf({ username: mail, fullname: name, groups: ['Staff'] });
      pipeline.hset(keys.accounts, mail, JSON.stringify({ ...account, id: String(n), disabled: on(0) || on(4) }));
      const link: Link = { username: mail, id: String(n), disabledByUs: on(4), removedByUs: false };
      pipeline
        .hset(keys.links, person, JSON.stringify(link))
        .hset(keys.linked, mail, person)
        .sadd(keys.inScope, person);
      const step = { kind: 'disable', because: 'was deleted in Active Directory' } as const;
      const create = { kind: 'create' as const, because: 'is new', fullname: name, groups: [] };
      if (on(1)) pipeline.hset(keys.plans, person, planOf(n, mail, step)).zadd(keys.held, n, person);
      if (on(2)) pipeline.hset(keys.plans, person, planOf(n, mail, create)).zadd(keys.pending, n, person);
      const aside = { name, reason: 'has no mail', kind: 'data', sinceMs: n };
      if (on(3)) pipeline.hset(keys.setAside, person, JSON.stringify(aside));
      const disabling = { username: mail, name, because: step.because, digest: 'x', atMs: Date.now() };
      if (on(4)) pipeline.hset(keys.disablings, person, JSON.stringify(disabling));
    }
    await pipeline.exec();
  }
}

const inDirectory = (n: number, mail: string): MirrorObject => ({
  kind: 'user',
  rdn: `CN=Person ${n}`,
  parent: guidOf('0'),
  deleted: false,
  absent: false,
  mail,
  displayName: `Person ${n}`,
  givenName: null,
  sn: null,
  sAMAccountName: `p${n}`,
  userAccountControl: 512,
  accountExpiresMs: null,
  primaryGroupId: null,
  rid: null,
  isCriticalSystemObject: false,
});

const planOf = (n: number, username: string, step: Plan['steps'][number]): string =>
  JSON.stringify(heldPlan(String(n), { username, steps: [step] }));
