/** The connector and two domain controllers of one domain that don't replicate: each has what it is told. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cursor, cursor } from '@connector/shared/directory-state.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import type { SambaDomain } from '../support/samba-domain.ts';
import { directoryId, Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { usernamesIn } from './world.ts';

/** How many people the domain begins with, all in Staff: `p0` …; and `late`, who isn't. */
export const staffCount = 12;
export const mailOf = (name: string): string => `${name}@example.test`;
const names = [...Array.from({ length: staffCount }, (_, index) => `p${index}`), 'late'];

const ldif = (base: string) =>
  [
    `dn: OU=People,${base}\nobjectClass: organizationalUnit\n`,
    ...names.map(
      (name) =>
        `dn: CN=${name},OU=People,${base}\nobjectClass: user\nsAMAccountName: ${name}\nmail: ${mailOf(name)}\nuserAccountControl: 544\n`,
    ),
    `dn: CN=Staff,OU=People,${base}\nobjectClass: group\nsAMAccountName: Staff`,
    ...names.filter((name) => name !== 'late').map((name) => `member: CN=${name},OU=People,${base}`),
    '',
  ].join('\n');

export class TwoControllers implements AsyncDisposable {
  readonly stack: Stack;
  /** The first choice. */
  readonly first: SambaDomain;
  readonly second: SambaDomain;
  readonly #admins = new Map<SambaDomain, DirectoryAdmin>();

  private constructor(stack: Stack, second: SambaDomain) {
    this.stack = stack;
    this.first = stack.domain;
    this.second = second;
  }

  /**
   * Both controllers, the second not started yet, and no service.
   * @param database whether the second has an `invocationId` of its own
   * @param address the second's; default: one of its own, and the second address in `urls`
   */
  static async create({
    database,
    isPutBack = false,
  }: {
    database: 'own' | 'same';
    /** The second stands for the first at an earlier moment, and has its address. */
    isPutBack?: boolean;
  }): Promise<TwoControllers> {
    const stack = await Stack.create({
      ldif,
      directory: (base) => ({ userBases: [`OU=People,${base}`], groupBases: [`OU=People,${base}`] }),
      policy: { groupFilter: ['Staff'], memberships: 'all' },
    });
    try {
      const { domain } = stack;
      const at = isPutBack ? { address: domain.address } : {};
      const second = await domain.copy({ dir: join(stack.dir, 'second'), database, ...at });
      const caFile = join(stack.dir, 'both.pem');
      await writeFile(caFile, `${await readFile(domain.caFile, 'utf8')}\n${await readFile(second.caFile, 'utf8')}`);
      const urls = isPutBack ? [domain.ldapsUrl] : [domain.ldapsUrl, second.ldapsUrl];
      await stack.configureDirectory({ urls, tls: { caFile } });
      return new TwoControllers(stack, second);
    } catch (error) {
      await stack[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** An administrator at one of them; anew after it was away. */
  async at(domain: SambaDomain): Promise<DirectoryAdmin> {
    const known = this.#admins.get(domain);
    if (known !== undefined) return known;
    const admin = new DirectoryAdmin(domain);
    this.#admins.set(domain, admin);
    return admin;
  }

  async #leave(domain: SambaDomain): Promise<void> {
    await this.#admins
      .get(domain)
      ?.[Symbol.asyncDispose]()
      .catch(() => undefined); // its controller may be gone
    this.#admins.delete(domain);
  }

  async kill(domain: SambaDomain): Promise<void> {
    await this.#leave(domain);
    await domain.kill();
  }

  dn(name: string): string {
    return `CN=${name},OU=People,${this.first.baseDn}`;
  }

  /** Makes somebody in Staff at one of them. */
  async join(domain: SambaDomain, name: string): Promise<void> {
    const admin = await this.at(domain);
    const ou = `OU=People,${domain.baseDn}`;
    const guid = await admin.createUser({ name, ou, mail: mailOf(name), displayName: name });
    await admin.addMember(this.dn('Staff'), guid);
  }

  async cursor(): Promise<Cursor> {
    const { redis, keys } = this.stack.store;
    const key = keys.directory(directoryId).cursor;
    return await waitUntil('a cursor', async () => {
      const raw = await redis.get(key);
      return raw === null ? null : cursor.parse(JSON.parse(raw));
    });
  }

  /** Waits until the directory is read at a controller, to its end. */
  async readAt(domain: SambaDomain): Promise<Cursor> {
    return await waitUntil(
      `the directory to be read at ${domain.ldapsUrl}`,
      async () => {
        const now = await this.cursor();
        if (now.url === domain.ldapsUrl && now.completed === now.generation) return now;
        throw new Error(JSON.stringify({ ...now, cookie: undefined }));
      },
      { withinMs: 45_000 },
    );
  }

  /** Gives somebody a new name at a controller, and waits until LastPass has it. */
  async probe(domain: SambaDomain, displayName: string): Promise<void> {
    const admin = await this.at(domain);
    await admin.modify(this.dn('p0'), { displayName });
    await waitUntil(`${displayName} at LastPass`, async () => (await this.account('p0'))?.fullname === displayName, {
      withinMs: 30_000,
    });
    await this.stack.quiet();
  }

  async account(name: string) {
    return (await this.stack.simulator.state()).users.find(({ username }) => username === mailOf(name));
  }

  /** Names, by the part before the @, that were in a call that asks for a change. */
  async namedSince(sequence: number): Promise<string[]> {
    const calls = await this.stack.simulator.writes(sequence);
    return [...new Set(calls.flatMap(usernamesIn))].map((username) => username.split('@')[0] ?? '').sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#leave(this.first), this.#leave(this.second)]);
    await this.second[Symbol.asyncDispose]();
    await this.stack[Symbol.asyncDispose]();
  }
}
