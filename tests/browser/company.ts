/** A company with a directory, a LastPass, the connector, and people who may use its console, or may not. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Browser } from 'playwright-core';
import { addressOf } from '../faults/service-report.ts';
import { Stack, type StackOptions } from '../support/stack.ts';
import { launchBrowser, Visit, type VisitOptions } from './visit.ts';

/** Of all who sign in. */
export const password = 'Secret123!of-theirs';
/** Who may decide, who may look, and who may neither. */
export type SignsIn = 'ada' | 'vera' | 'otto';

export interface CompanyOptions extends Pick<StackOptions, 'policy' | 'lastpass' | 'sync'> {
  /** Log-on names of those who are to have accounts. */
  readonly staff?: readonly string[];
}

/** Somebody of the staff is called so. */
export const fullNameOf = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)} Staff`;
export const mailOf = (name: string): string => `${name}@company.test`;

export class Company implements AsyncDisposable {
  readonly stack: Stack;
  readonly browser: Browser;
  /** Where the console is, as long as it runs. */
  readonly origin: string;
  readonly #port: string;

  private constructor(stack: Stack, browser: Browser, port: string) {
    this.stack = stack;
    this.browser = browser;
    this.#port = port;
    this.origin = `http://127.0.0.1:${port}`;
  }

  /** With the console running, and none of the services that sync. */
  static async create({ staff = [], ...options }: CompanyOptions = {}): Promise<Company> {
    const stack = await Stack.create({ ...options, directory: (base) => ({ userBases: [`OU=Staff,${base}`] }) });
    try {
      const { domain, admin } = stack;
      const users = `CN=Users,${domain.baseDn}`;
      await admin.createOu({ name: 'Staff' });
      const dnOf = (name: string) => `CN=${name},${users}`;
      for (const name of ['ada', 'vera', 'otto'])
        await domain.createServiceAccount({ name, password, seesDeleted: false });
      await admin.createGroup({ name: 'Deciders', ou: users, members: [dnOf('ada')] });
      await admin.createGroup({ name: 'Lookers', ou: users, members: [dnOf('vera')] });
      await stack.configure({ console: { signIn: { administrators: dnOf('Deciders'), viewers: dnOf('Lookers') } } });
      const company = new Company(stack, await launchBrowser(), String(await freePort()));
      for (const name of staff) await company.hire(name);
      await company.openConsole();
      return company;
    } catch (error) {
      await stack[Symbol.asyncDispose]();
      throw error;
    }
  }

  dnOf(name: string): string {
    return `CN=${name},OU=Staff,${this.stack.domain.baseDn}`;
  }

  /** @param more of the entry, such as another mail. @returns the objectGUID */
  async hire(name: string, more: { readonly mail?: string } = {}): Promise<string> {
    const ou = `OU=Staff,${this.stack.domain.baseDn}`;
    const person = { name, ou, sam: name, displayName: fullNameOf(name), mail: mailOf(name), ...more };
    return await this.stack.admin.createUser(person);
  }

  /** Starts the console where it has been before, and waits until it answers. */
  async openConsole(): Promise<void> {
    await addressOf(this.stack.start('console', { env: { CONNECTOR_PORT: this.#port } }));
  }

  async closeConsole(): Promise<void> {
    await this.stack.stop('console');
  }

  /** Somebody's visit, who has signed in. */
  async visit(as: SignsIn, { to = '/', ...options }: VisitOptions & { readonly to?: string } = {}): Promise<Visit> {
    const visit = await this.begin(options);
    await visit.signIn(as, password, { to });
    return visit;
  }

  /** A visit of somebody who hasn't signed in. */
  async begin(options: VisitOptions = {}): Promise<Visit> {
    return await Visit.begin(this.browser, this.origin, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.stack[Symbol.asyncDispose]();
  }
}

/** One that nobody listens on: the console has to come back to it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
