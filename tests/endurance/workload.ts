/**
 * A day's work of the administrators at a steady rate: 60 % memberships, 25 % new names, 15 % joiners and leavers in turn, so that
 * the company stays as large as it is. Nobody is changed again before LastPass has heard of the last change.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DirectoryAdmin } from '../support/directory-admin.ts';
import type { Arrivals } from './arrivals.ts';
import { dnOfGroup, dnOfPeople, dnOfPerson, type Employee, employee, groupNames } from './company.ts';

/** What LastPass is to hear of an operation. */
export interface Expected {
  readonly username: string;
  readonly step: 'create' | 'remove' | 'rename' | 'join-groups' | 'leave-groups';
}

interface Operation {
  readonly expected: Expected;
  readonly act: (admin: DirectoryAdmin) => Promise<unknown>;
}

export interface WorkloadOptions {
  /** Each makes one change at a time. */
  readonly admins: readonly DirectoryAdmin[];
  readonly base: string;
  readonly company: readonly Employee[];
  readonly perSecond: number;
  readonly arrivals: Arrivals;
}

const anyOf = (names: readonly string[]): string => names[Math.floor(Math.random() * names.length)] ?? '';

export class Workload {
  readonly #options: WorkloadOptions;
  readonly #employees: Employee[];
  #operations = 0;
  #hires = true;
  #next: number;

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#employees = [...options.company];
    this.#next = options.company.length;
  }

  /** Everybody who works there now. */
  get employees(): readonly Employee[] {
    return this.#employees;
  }

  /** How many changes were made. */
  get operations(): number {
    return this.#operations;
  }

  /** Makes changes until the signal is given. Where the directory is slower than the rate, the rate is the directory's. */
  async run(signal: AbortSignal): Promise<void> {
    const { admins, perSecond } = this.#options;
    const everyMs = (1_000 * admins.length) / perSecond;
    await Promise.all(
      admins.map(async (admin, index) => {
        for (let dueMs = performance.now() + (index * everyMs) / admins.length; !signal.aborted; dueMs += everyMs) {
          await sleep(Math.max(0, dueMs - performance.now()));
          if (performance.now() - dueMs > 1_000) dueMs = performance.now(); // what couldn't be done isn't made up for
          if (!signal.aborted) await this.#work(admin);
        }
      }),
    );
  }

  async #work(admin: DirectoryAdmin): Promise<void> {
    const operation = this.#operationOf(this.#operations++);
    if (operation === null) return;
    const { arrivals } = this.#options;
    const written = arrivals.expect(operation.expected);
    await operation.act(admin);
    written();
  }

  /** By turns, so that the mix is the same in every minute. */
  #operationOf(number: number): Operation | null {
    const turn = (number * 7) % 20;
    if (turn >= 17) {
      const operation = this.#hires ? this.#hire() : this.#dismiss();
      if (operation !== null) this.#hires = !this.#hires;
      return operation;
    }
    const who = this.#idle();
    if (who === null) return null;
    return turn >= 12 ? this.#rename(who, number) : this.#changeGroup(who);
  }

  /** Somebody about whom nothing is under way. */
  #idle(): Employee | null {
    for (let attempt = 0; attempt < 50; attempt++) {
      const found = this.#employees[Math.floor(Math.random() * this.#employees.length)];
      if (found && !this.#options.arrivals.isExpecting(found.mail)) return found;
    }
    return null;
  }

  #hire(): Operation {
    const { base } = this.#options;
    const hired = employee(this.#next++);
    const { name, mail, displayName } = hired;
    const act = async (admin: DirectoryAdmin) => {
      await admin.createUser({ name, ou: dnOfPeople(base), mail, displayName, sam: name });
      this.#employees.push(hired);
    };
    return { expected: { username: mail, step: 'create' }, act };
  }

  #dismiss(): Operation | null {
    const who = this.#idle();
    if (who === null) return null;
    this.#employees.splice(this.#employees.indexOf(who), 1);
    const act = (admin: DirectoryAdmin) => admin.delete(dnOfPerson(who, this.#options.base));
    return { expected: { username: who.mail, step: 'remove' }, act };
  }

  #rename(who: Employee, number: number): Operation {
    who.displayName = `${who.name} the ${number}th`;
    const act = (admin: DirectoryAdmin) =>
      admin.modify(dnOfPerson(who, this.#options.base), { displayName: who.displayName });
    return { expected: { username: who.mail, step: 'rename' }, act };
  }

  /** Joins another group, or leaves one: everybody is in two or three, so that the groups stay as large as they are. */
  #changeGroup(who: Employee): Operation {
    const { base } = this.#options;
    const leaves = who.groups.size > 2;
    const group = anyOf(leaves ? [...who.groups] : groupNames.filter((name) => !who.groups.has(name)));
    const [dn, member] = [dnOfGroup(group, base), dnOfPerson(who, base)];
    if (leaves) who.groups.delete(group);
    else who.groups.add(group);
    return {
      expected: { username: who.mail, step: leaves ? 'leave-groups' : 'join-groups' },
      act: (admin) => (leaves ? admin.removeMember(dn, member) : admin.addMember(dn, member)),
    };
  }
}
