/** Groups, on a real directory: who is in scope through them, and what becomes of them at LastPass. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { policy } from '@connector/shared/policy.ts';
import type { z } from 'zod';
import type { DirectoryAdmin } from '../support/directory-admin.ts';
import { Stack } from '../support/stack.ts';
import { heldPeople } from './held.ts';
import { idleGuard } from './world.ts';

const address = (name: string) => `${name}@company.test`;

/** A company with people and groups in OUs of their own, in front of running services. */
class Company implements AsyncDisposable {
  readonly stack: Stack;
  readonly people: string;
  readonly groups: string;
  readonly elsewhere: string;

  private constructor(stack: Stack) {
    const { baseDn } = stack.domain;
    this.stack = stack;
    [this.people, this.groups, this.elsewhere] = [
      `OU=People,${baseDn}`,
      `OU=Groups,${baseDn}`,
      `OU=Elsewhere,${baseDn}`,
    ];
  }

  /** @param found what is in the directory and at LastPass before the services start */
  static async found(
    rules: z.input<typeof policy>,
    found: (company: Company) => Promise<void>,
    { groupBases }: { groupBases?: (baseDn: string) => string[] } = {},
  ): Promise<Company> {
    const stack = await Stack.create({
      policy: { guard: idleGuard, ...rules },
      directory: (base) => ({
        userBases: [`OU=People,${base}`],
        groupBases: groupBases?.(base) ?? [`OU=Groups,${base}`],
      }),
    });
    const company = new Company(stack);
    try {
      for (const name of ['People', 'Groups', 'Elsewhere']) await stack.admin.createOu({ name });
      await found(company);
      stack.startAll();
      await stack.settled();
      return company;
    } catch (error) {
      await company[Symbol.asyncDispose]();
      throw error;
    }
  }

  get admin(): DirectoryAdmin {
    return this.stack.admin;
  }

  /** Makes people, in OU=People unless told otherwise, who are members of `groups`. */
  async hire(names: readonly string[], { ou = this.people, groups = [] }: { ou?: string; groups?: string[] } = {}) {
    for (const name of names) {
      const guid = await this.admin.createUser({ name, ou, mail: address(name) });
      for (const group of groups) await this.admin.addMember(group, guid);
    }
  }

  /** Makes a group; gives its DN. */
  async group(name: string, { ou = this.groups, members = [] }: { ou?: string; members?: string[] } = {}) {
    await this.admin.createGroup({ name, ou, members });
    return `CN=${name},${ou}`;
  }

  dnOf(person: string): string {
    return `CN=${person},${this.people}`;
  }

  /** LastPass' groups of everybody who has an account that isn't disabled, once all has arrived. */
  async arrived(): Promise<Record<string, readonly string[]>> {
    await this.stack.settled();
    const { users } = await this.stack.simulator.state();
    const enabled = users
      .filter(({ disabled }) => !disabled)
      .map(({ username, groups }) => [username, groups] as const);
    return Object.fromEntries(
      enabled.map(([username, groups]) => [username.replace(/@.*/, ''), [...(groups ?? [])].sort()]),
    );
  }

  async setAside(): Promise<string[]> {
    return Object.values(await this.stack.store.redis.hgetall(this.stack.keys.setAside));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack[Symbol.asyncDispose]();
  }
}

/** What LastPass shows of some people; `undefined` of those without an account in use. */
const only = (all: Record<string, readonly string[]>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, all[name]]));

describe('with memberships: all', () => {
  let company: Company;
  let staff: string;
  let temps: string;
  before(async () => {
    company = await Company.found({ groupFilter: ['Staff', 'Temps'], memberships: 'all' }, async (founded) => {
      staff = await founded.group('Staff');
      temps = await founded.group('Temps');
    });
  });
  after(() => company?.[Symbol.asyncDispose]());

  /** The LastPass groups of some people besides that of the filter. */
  const groupsOf = async (...names: string[]) => {
    const all = await company.arrived();
    return Object.fromEntries(names.map((name) => [name, all[name]?.filter((group) => group !== 'Staff')]));
  };

  it('two groups of one name are one, whatever its case: whoever is in either is in it', async () => {
    const { admin } = company;
    await admin.createOu({ name: 'Projects', above: company.groups });
    await company.hire(['u-one', 'u-two', 'u-both'], { groups: [staff] });
    const first = await company.group('Sales', { members: [company.dnOf('u-one'), company.dnOf('u-both')] });
    const projects = `OU=Projects,${company.groups}`;
    const second = await company.group('SALES', {
      ou: projects,
      members: [company.dnOf('u-two'), company.dnOf('u-both')],
    });
    const [one = [], two = []] = Object.values(await groupsOf('u-one', 'u-two'));
    assert.match(one.join(), /^sales$/i);
    assert.deepEqual(two, one, 'one group, under one name');
    assert.deepEqual(await groupsOf('u-both'), { 'u-both': one });

    await admin.removeMember(first, company.dnOf('u-both'));
    assert.deepEqual(await groupsOf('u-both'), { 'u-both': one }, 'still in the other');
    await admin.removeMember(second, company.dnOf('u-both'));
    assert.deepEqual(await groupsOf('u-both'), { 'u-both': [] });
    await admin.delete(second);
    assert.deepEqual(await groupsOf('u-one', 'u-two'), { 'u-one': one, 'u-two': [] });
  });

  it('a name in groupFilter means every group of that name', async () => {
    const { admin } = company;
    const second = await company.group('STAFF', { ou: company.people });
    await company.hire(['f-one'], { groups: [second] });
    assert.deepEqual(
      only(await company.arrived(), ['f-one']),
      { 'f-one': undefined },
      'outside groupBases it is nothing',
    );
    await admin.move(second, `OU=Projects,${company.groups}`);
    assert.deepEqual(only(await company.arrived(), ['f-one']), { 'f-one': ['Staff'] });
    await admin.delete(`CN=STAFF,OU=Projects,${company.groups}`);
    assert.deepEqual(only(await company.arrived(), ['f-one']), { 'f-one': undefined });
  });

  it('nested groups are flattened, also in a circle, and a circle that opens lets those go who were in through it', async () => {
    const [a, b, c] = [await company.group('A'), await company.group('B'), await company.group('C')];
    for (const [group, member] of [
      [a, b],
      [b, c],
      [c, a],
    ] as const)
      await company.admin.addMember(group, member);
    await company.hire(['n-a'], { groups: [staff, a] });
    await company.hire(['n-c'], { groups: [staff, c] });
    assert.deepEqual(await groupsOf('n-a', 'n-c'), { 'n-a': ['A', 'B', 'C'], 'n-c': ['A', 'B', 'C'] });
    await company.admin.removeMember(c, a);
    assert.deepEqual(await groupsOf('n-a', 'n-c'), { 'n-a': ['A'], 'n-c': ['A', 'B', 'C'] });
    await company.admin.removeMember(a, b);
    assert.deepEqual(await groupsOf('n-a', 'n-c'), { 'n-a': ['A'], 'n-c': ['B', 'C'] });
  });

  it('the primary group counts as any other, nested too, and another one ends it', async () => {
    const { admin } = company;
    const outer = await company.group('Outer');
    const primary = await company.group('Primary');
    await admin.addMember(outer, primary);
    await company.hire(['pg'], { groups: [staff, primary] });
    const person = company.dnOf('pg');
    await admin.modify(person, { primaryGroupID: await admin.ridOf(primary) }); // AD takes it out of `member`
    assert.deepEqual(await groupsOf('pg'), { pg: ['Outer', 'Primary'] });
    await admin.removeMember(outer, primary);
    assert.deepEqual(await groupsOf('pg'), { pg: ['Primary'] });
    await admin.addMember(outer, primary);
    await admin.modify(person, { primaryGroupID: '513' }); // and puts it back
    assert.deepEqual(await groupsOf('pg'), { pg: ['Outer', 'Primary'] });
    await admin.removeMember(primary, person);
    assert.deepEqual(await groupsOf('pg'), { pg: [] });
  });

  it('who is in the filter by the primary group alone has an account, and loses it with another primary group', async () => {
    const { admin } = company;
    await company.hire(['pg-only'], { groups: [staff] });
    const person = company.dnOf('pg-only');
    await admin.modify(person, { primaryGroupID: await admin.ridOf(staff) });
    assert.deepEqual(only(await company.arrived(), ['pg-only']), { 'pg-only': ['Staff'] });
    await admin.modify(person, { primaryGroupID: '513' });
    await admin.removeMember(staff, person);
    assert.deepEqual(only(await company.arrived(), ['pg-only']), { 'pg-only': undefined });
  });

  it('the members of a deleted group leave it, and what was nested in it', async () => {
    const inner = await company.group('Inner');
    const deleted = await company.group('Doomed', { members: [inner] });
    await company.hire(['d-direct'], { groups: [staff, deleted] });
    await company.hire(['d-nested'], { groups: [staff, inner] });
    assert.deepEqual(await groupsOf('d-direct', 'd-nested'), {
      'd-direct': ['Doomed'],
      'd-nested': ['Doomed', 'Inner'],
    });
    await company.admin.delete(deleted);
    assert.deepEqual(await groupsOf('d-direct', 'd-nested'), { 'd-direct': [], 'd-nested': ['Inner'] });
    assert.deepEqual((await company.stack.simulator.state()).groups['Doomed'], []);
  });

  it('a restored group has the members that it is given anew', async () => {
    const { admin } = company;
    const name = 'Restored';
    const group = await company.group(name);
    const guid = await admin.guidOf(group);
    await company.hire(['r-before', 'r-after'], { groups: [staff, group] });
    await admin.delete(group);
    await admin.undelete(guid, group);
    assert.deepEqual(await groupsOf('r-before', 'r-after'), { 'r-before': [], 'r-after': [] });
    await admin.addMember(guid, company.dnOf('r-after'));
    assert.deepEqual(await groupsOf('r-before', 'r-after'), { 'r-before': [], 'r-after': [name] });
  });

  it('a group that moves out of groupBases is left, and joined again when it is back', async () => {
    const { admin, elsewhere } = company;
    const moving = await company.group('Moving');
    await company.hire(['m-one'], { groups: [staff, moving] });
    assert.deepEqual(await groupsOf('m-one'), { 'm-one': ['Moving'] });
    await admin.move(moving, elsewhere);
    assert.deepEqual(await groupsOf('m-one'), { 'm-one': [] });
    await admin.move(`CN=Moving,${elsewhere}`, company.groups);
    assert.deepEqual(await groupsOf('m-one'), { 'm-one': ['Moving'] });
  });

  it('a member outside userBases is nobody', async () => {
    await company.hire(['outside'], { ou: company.elsewhere, groups: [staff] });
    assert.deepEqual(only(await company.arrived(), ['outside']), { outside: undefined });
    await company.admin.move(`CN=outside,${company.elsewhere}`, company.people);
    assert.deepEqual(only(await company.arrived(), ['outside']), { outside: ['Staff'] });
  });

  it('a group outside groupBases carries its members into the groups around it, and never is one itself', async () => {
    const bridge = await company.group('Bridge', { ou: company.elsewhere });
    const inside = await company.group('Inside', { members: [bridge] });
    await company.admin.addMember(staff, bridge);
    await company.hire(['over-bridge'], { groups: [bridge] });
    assert.deepEqual(only(await company.arrived(), ['over-bridge']), { 'over-bridge': ['Inside', 'Staff'] });
    await company.admin.removeMember(inside, bridge);
    assert.deepEqual(only(await company.arrived(), ['over-bridge']), { 'over-bridge': ['Staff'] });
    await company.admin.removeMember(staff, bridge);
    assert.deepEqual(only(await company.arrived(), ['over-bridge']), { 'over-bridge': undefined });
  });

  it('a group for mail counts like one for rights', async () => {
    const list = `CN=Mailing List,${company.groups}`;
    await company.admin.create(list, { objectClass: 'group', sAMAccountName: 'list', groupType: '2' });
    await company.hire(['reader'], { groups: [staff, list] });
    assert.deepEqual(await groupsOf('reader'), { reader: ['Mailing List'] });
  });

  it('members that are no people are no people: foreign principals, contacts, computers, service accounts', async () => {
    const { admin, stack, people } = company;
    const { baseDn } = stack.domain;
    const before = Object.keys(await company.arrived()).length;
    const foreign = 'S-1-5-21-1111111111-2222222222-3333333333-1104';
    await admin.modify(await company.group('Mixed'), { member: [`<SID=${foreign}>`] }); // AD makes the object itself
    const service = { mail: address('nobody'), userAccountControl: '4096' };
    const others: [cn: string, attributes: Record<string, string>][] = [
      ['contact', { objectClass: 'contact', mail: address('contact') }],
      ['pc', { ...service, objectClass: 'computer', sAMAccountName: 'PC$' }],
      [
        'gmsa',
        {
          ...service,
          objectClass: 'msDS-GroupManagedServiceAccount',
          sAMAccountName: 'gmsa$',
          'msDS-ManagedPasswordInterval': '30',
        },
      ],
      ['msa', { ...service, objectClass: 'msDS-ManagedServiceAccount', sAMAccountName: 'msa$' }],
    ];
    const members = [`CN=${foreign},CN=ForeignSecurityPrincipals,${baseDn}`];
    for (const [cn, attributes] of others) {
      await admin.create(`CN=${cn},${people}`, attributes);
      members.push(`CN=${cn},${people}`);
    }
    for (const member of members)
      for (const group of [staff, `CN=Mixed,${company.groups}`])
        if (!(group.startsWith('CN=Mixed') && member.includes(foreign))) await admin.addMember(group, member);
    await company.hire(['beside'], { groups: [staff, `CN=Mixed,${company.groups}`] });
    const after = await company.arrived();
    assert.deepEqual(after['beside'], ['Mixed', 'Staff']);
    assert.equal(Object.keys(after).length, before + 1);
    assert.deepEqual(await company.setAside(), []);
    assert.deepEqual((await stack.simulator.state()).groups['Mixed'], [address('beside')]);
    const { output } = stack.service('reconciler');
    assert.doesNotMatch(output + stack.service('watcher').output, /"level":[56]0/, 'nothing is an error');

    await admin.delete(members[0] ?? '');
    await admin.delete(`CN=contact,${people}`);
    assert.deepEqual(await company.arrived(), after, 'and nothing changes when they go');
  });

  it('all this is still so when everything is read again', async () => {
    const before = await company.stack.simulator.state();
    const since = await company.stack.simulator.lastCall();
    await company.stack.readDirectoryAgain();
    assert.deepEqual(await company.stack.simulator.writes(since), []);
    assert.deepEqual(await company.stack.simulator.state(), before);
  });

  it('those in the filter by a group that is deleted are held: a filter that names nothing is no wish', async () => {
    await company.hire(['temp'], { groups: [temps] });
    assert.deepEqual(only(await company.arrived(), ['temp']), { temp: ['Temps'] });
    await company.admin.delete(temps);
    assert.ok((await company.arrived())['temp'], 'still enabled');
    const held = (await heldPeople(company.stack)).get(address('temp'));
    assert.deepEqual(
      held?.steps.map(({ kind }) => kind),
      ['disable'],
    );
    assert.match(held?.heldBecause ?? '', /Temps/);
    await company.group('Temps', { members: [company.dnOf('temp')] });
    assert.ok((await company.arrived())['temp']);
    assert.equal((await heldPeople(company.stack)).size, 0, 'one who is back drops off');
  });
});

describe('built-in groups, critical to the system,', () => {
  const everywhere = { groupBases: (baseDn: string) => [baseDn] };
  const populated = async (company: Company) => {
    const builtIn = (name: string) => `CN=${name},CN=Users,${company.stack.domain.baseDn}`;
    const team = await company.group('Team');
    await company.group('Everybody', { members: [builtIn('Domain Users')] });
    await company.hire(['admin'], { groups: [team, builtIn('Domain Admins')] });
    await company.hire(['user'], { groups: [team] });
  };

  it('are never synced, but hold their members: by primaryGroupID everybody is in Domain Users', async () => {
    await using company = await Company.found({ memberships: 'all' }, populated, everywhere);
    assert.deepEqual(await company.arrived(), { admin: ['Everybody', 'Team'], user: ['Everybody', 'Team'] });
  });

  it('are synced when groupFilter names them, and then no other is', async () => {
    const rules: z.input<typeof policy> = { memberships: 'all', groupFilter: ['Domain Users'] };
    await using company = await Company.found(rules, populated, everywhere);
    const groups = ['Domain Users', 'Everybody', 'Team'];
    assert.deepEqual(await company.arrived(), { admin: groups, user: groups });
  });

  it('are named by DN wherever they lie, by name only under groupBases', async () => {
    const groupFilter = ['CN=domain admins, CN=Users,DC=example,DC=test', 'Domain Users'];
    await using company = await Company.found({ groupFilter }, populated);
    assert.deepEqual(await company.arrived(), { admin: ['Domain Admins'] });
  });
});

describe('memberships', () => {
  /** Two people: one is new, the other has an account in groups of both names already. */
  const populated = async (company: Company) => {
    await company.stack.simulator.seed({
      users: [{ username: address('known'), fullname: 'known', groups: ['Private', 'Staff', 'Team', 'Former'] }],
      groups: {},
      invited: [],
    });
    const staff = await company.group('Staff');
    const team = await company.group('Team');
    await company.group('Former');
    await company.hire(['known', 'fresh'], { groups: [staff, team] });
  };

  const untouched = ['Former', 'Private', 'Staff', 'Team'];
  for (const { memberships, known, fresh, later } of [
    { memberships: 'filtered', known: untouched, fresh: ['Staff'], later: untouched },
    { memberships: 'all', known: ['Private', 'Staff', 'Team'], fresh: ['Staff', 'Team'], later: ['Private', 'Staff'] },
    { memberships: 'none', known: untouched, fresh: [], later: untouched },
  ] as const)
    it(`${memberships}: what becomes a LastPass group, and what is left alone`, async () => {
      await using company = await Company.found({ memberships, groupFilter: ['Staff'] }, populated);
      assert.deepEqual(await company.arrived(), { known, fresh });
      await company.admin.removeMember(`CN=Team,${company.groups}`, company.dnOf('known'));
      assert.deepEqual((await company.arrived())['known'], later);
    });
});
