/**
 * A hundred people, all of them linked: 30 in the OU Sales and the group of that name, 70 in Berlin; under the guard as it is by
 * default. And what must be so when the 30 vanish from what the connector reads.
 */
import assert from 'node:assert/strict';
import type { SimulatedCall } from '../support/simulator.ts';
import { Stack, type StackOptions } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { heldPeople } from './held.ts';

const nameOf = (index: number): string => `p${String(index).padStart(3, '0')}`;
export const mailOf = (name: string): string => `${name}@company.test`;
const everybody = Array.from({ length: 100 }, (_, index) => nameOf(index));
/** The 30 who vanish. */
export const sales = everybody.slice(0, 30);
const berlin = everybody.slice(30);

const department = (base: string, name: string, people: readonly string[]): string[] => [
  `dn: OU=${name},OU=Company,${base}\nobjectClass: organizationalUnit\n`,
  ...people.map((each) =>
    [
      `dn: CN=${each},OU=${name},OU=Company,${base}`,
      `objectClass: user\nsAMAccountName: ${each}\nuserAccountControl: 544`,
      `mail: ${mailOf(each)}\ndisplayName: Person ${each}\n`,
    ].join('\n'),
  ),
  [
    `dn: CN=${name},OU=Groups,${base}\nobjectClass: group\nsAMAccountName: ${name}-group`,
    ...people.map((each) => `member: CN=${each},OU=${name},OU=Company,${base}`),
    '',
  ].join('\n'),
];

const ldif = (base: string): string =>
  [
    ...['Company', 'Groups', 'Elsewhere'].map((ou) => `dn: OU=${ou},${base}\nobjectClass: organizationalUnit\n`),
    ...department(base, 'Sales', sales),
    ...department(base, 'Berlin', berlin),
  ].join('\n');

export const policy = { groupFilter: ['Sales', 'Berlin'] };

export class HundredPeople implements AsyncDisposable {
  readonly stack: Stack;
  #since = 0;
  #joiners: string[] = [];

  private constructor(stack: Stack) {
    this.stack = stack;
  }

  /** Everything runs, and all have their accounts. */
  static async create({ front }: Pick<StackOptions, 'front'> = {}): Promise<HundredPeople> {
    const stack = await Stack.create({
      ldif,
      policy,
      directory: (base) => ({ userBases: [`OU=Company,${base}`], groupBases: [`OU=Groups,${base}`] }),
      ...(front ? { front } : {}),
    });
    try {
      stack.startAll();
      await stack.settled();
      assert.equal(await stack.store.redis.hlen(stack.keys.links), everybody.length);
      const people = new HundredPeople(stack);
      people.#since = await stack.simulator.lastCall();
      return people;
    } catch (error) {
      await stack[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A DN, from what comes before the domain's. */
  dn(place: string): string {
    return `${place},${this.stack.domain.baseDn}`;
  }

  /** DN of one of Sales. */
  dnOf(name: string): string {
    return this.dn(`CN=${name},OU=Sales,OU=Company`);
  }

  async restart(): Promise<void> {
    await this.stack.stopAll();
    this.stack.startAll();
  }

  /** Restarts with what is configured by now, and waits until everything was read under it, which happens by itself. */
  async restartAndRead(): Promise<void> {
    const { completed } = await this.stack.cursor();
    await this.restart();
    await waitUntil('a full read', async () => (await this.stack.cursor()).completed > completed, { withinMs: 60_000 });
    await this.stack.settled();
  }

  /** Somebody joins Berlin, and has an account soon, whatever else is wrong. */
  async joinerIsCreated(): Promise<void> {
    const { admin, simulator } = this.stack;
    const name = `joiner${this.#joiners.length}`;
    const guid = await admin.createUser({ name, ou: this.dn('OU=Berlin,OU=Company'), mail: mailOf(name) });
    await admin.addMember(this.dn('CN=Berlin,OU=Groups'), guid);
    const hasAccount = async () => (await simulator.state()).users.some(({ username }) => username === mailOf(name));
    await waitUntil(`the account of ${name}`, hasAccount, { withinMs: 30_000 });
    this.#joiners.push(mailOf(name));
  }

  async disabled(): Promise<string[]> {
    const { users } = await this.stack.simulator.state();
    return users.flatMap(({ username, disabled }) => (disabled ? [username] : [])).sort();
  }

  /** LastPass was asked for nothing but the joiners' accounts. */
  async assertOnlyJoinersChanged(): Promise<void> {
    const calls = await this.stack.simulator.writes(this.#since);
    assert.deepEqual(new Set(calls.map(({ cmd }) => cmd)), new Set(this.#joiners.length > 0 ? ['batchadd'] : []));
    assert.deepEqual(calls.flatMap(namesIn).sort(), [...this.#joiners].sort());
  }

  /** Exactly the 30 are held, each with what would be done and why, and why it isn't. */
  async assertHeld({ because, heldBecause }: { because: RegExp; heldBecause: RegExp }): Promise<void> {
    const held = await heldPeople(this.stack);
    assert.deepEqual([...held.keys()].sort(), sales.map(mailOf));
    for (const person of held.values()) {
      assert.deepEqual(
        person.steps.map(({ kind }) => kind),
        ['disable'],
      );
      assert.match(person.steps[0]?.because ?? '', because);
      assert.match(person.heldBecause, heldBecause);
    }
    await this.assertOnlyJoinersChanged();
  }

  /** Nobody is held, and nothing has been done to anybody. */
  async assertAllIsWell(): Promise<void> {
    assert.deepEqual([...(await heldPeople(this.stack)).keys()], []);
    await this.assertOnlyJoinersChanged();
    assert.deepEqual(await this.disabled(), []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack[Symbol.asyncDispose]();
  }
}

const namesIn = ({ data }: SimulatedCall): string[] =>
  (data as readonly { readonly username: string }[]).map(({ username }) => username);
