/** Which disabled accounts `connector drift` lists: those that somebody else disabled while AD wants them enabled. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Account } from '@connector/shared/account.ts';
import type { Link } from '@connector/shared/plan.ts';
import { policy, policyVersion } from '@connector/shared/policy.ts';
import type { MirrorObject } from '@connector/sync/mirror/mirror-object.ts';
import { guidOf, Workplace } from './workplace.ts';

let place: Workplace;
before(async () => {
  place = await Workplace.create();
});
after(() => place[Symbol.asyncDispose]());
beforeEach(() => place.clear());

const person = `corp/${guidOf('a')}`;
const username = 'ann@x.org';

interface Differences {
  readonly object?: Partial<MirrorObject>;
  readonly account?: Partial<Account>;
  readonly link?: Partial<Link>;
}

/** Somebody enabled in AD, whose account was disabled by somebody else, but for some differences. @returns who is listed */
async function drifted({ object = {}, account = {}, link = {} }: Differences) {
  const { redis, keys } = place.store;
  const found: Account = {
    username,
    id: '1',
    fullname: 'Ann Lee',
    disabled: true,
    admin: false,
    groups: [],
    invited: false,
    objectGuid: null,
    directory: null,
    ...account,
  };
  const version = policyVersion(policy.parse({}), [{ id: 'corp', userBases: [], groupBases: [] }]);
  await redis.set(keys.policy, JSON.stringify({ version, settled: true, after: {}, firstRun: null }));
  await redis.set(keys.accountsRead, JSON.stringify({ atMs: 1, total: 1, answered: null }));
  await place.mirror('0', { kind: 'container', rdn: 'DC=corp', parent: null, mail: null });
  await place.mirror('a', object);
  await redis.hset(keys.accounts, username, JSON.stringify(found));
  await redis.hset(keys.links, person, JSON.stringify({ username, id: '1', disabledByUs: false, ...link }));
  const { code, output } = await place.run('drift', '--json');
  assert.equal(code, 0, output);
  return JSON.parse(output).drift;
}

test('an account that somebody else disabled is listed with the name in AD, and without a moment, as nobody noted it', async () => {
  const [only, ...others] = await drifted({});
  assert.deepEqual(others, []);
  assert.match(
    only.reason,
    /disabled at LastPass, not by the connector as far as it remembers, and enabled in Active Directory/,
  );
  assert.deepEqual(
    { ...only, reason: '' },
    {
      person,
      username,
      name: 'Ann Lee',
      kind: 'disabled',
      reason: '',
      since: null,
      asShown: `${person}#disabled`,
    },
  );
});

test('who disabled an account is not said of a link that was found again', async () => {
  const [only] = await drifted({ link: { regained: true } });
  assert.match(only.reason, /by whom is not known any more: see "connector held"/);
});

const differences: { readonly what: string; readonly but: Differences }[] = [
  { what: 'that is enabled', but: { account: { disabled: false } } },
  { what: 'that we disabled ourselves', but: { link: { disabledByUs: true } } },
  { what: "under the link's name that isn't the linked one", but: { account: { id: '2' } } },
  { what: 'of somebody out of scope in AD', but: { object: { parent: guidOf('9') } } },
  { what: 'of somebody disabled in AD', but: { object: { userAccountControl: 514 } } },
  { what: 'of somebody who has expired in AD', but: { object: { accountExpiresMs: 1 } } },
  { what: 'of somebody deleted in AD', but: { object: { deleted: true } } },
  { what: 'of somebody missing in AD', but: { object: { absent: true } } },
];
for (const { what, but } of differences) {
  test(`an account ${what} is no drift`, async () => {
    assert.deepEqual(await drifted(but), []);
  });
}
