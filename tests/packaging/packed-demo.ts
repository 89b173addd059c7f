/** The demo's domain and tenant, served by the connector as it is packed, on a fresh machine. */
import assert from 'node:assert/strict';
import { chmod, copyFile, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { differencesOf } from '../../demo/differences.ts';
import { Expectation } from '../../demo/expectation.ts';
import { outstandingIn } from '../../demo/outstanding.ts';
import { round } from '../../demo/round.ts';
import { newCompany } from '../../demo/seed/company.ts';
import { Stage } from '../../demo/stage.ts';
import type { Program } from '../support/child-process.ts';
import { freePort } from '../support/redis-server.ts';
import type { SimulatedState } from '../support/simulator.ts';
import { waitUntil } from '../support/wait-until.ts';
import { FreshMachine } from './fresh-machine.ts';
import { startUnit } from './unit-process.ts';

export const consoleToken = '7e57'.repeat(16);
export const serviceNames = ['watcher', 'reconciler', 'pusher', 'console'] as const;

const stageConfiguration = z.looseObject({
  directories: z.tuple([z.looseObject({ bindPassword: z.string(), tls: z.object({ caFile: z.string() }) })]),
  lastpass: z.looseObject({ provhash: z.string() }),
});

export class PackedDemo implements AsyncDisposable {
  readonly stage: Stage;
  readonly machine: FreshMachine;
  readonly consolePort: number;
  readonly #stack: AsyncDisposableStack;
  readonly #company = newCompany();
  readonly #before: SimulatedState;
  readonly #expectation: Expectation;
  readonly #changes = round.values();
  readonly #services = new Map<string, Program>();

  private constructor(parts: {
    stage: Stage;
    machine: FreshMachine;
    before: SimulatedState;
    consolePort: number;
    stack: AsyncDisposableStack;
  }) {
    this.stage = parts.stage;
    this.machine = parts.machine;
    this.consolePort = parts.consolePort;
    this.#before = parts.before;
    this.#stack = parts.stack;
    this.#expectation = new Expectation(parts.before);
    this.#expectation.follow(this.#company);
  }

  /** Starts what the connector talks to, and assembles the machine; nothing is installed on it. */
  static async create(): Promise<PackedDemo> {
    await using stack = new AsyncDisposableStack();
    const stage = stack.use(await Stage.create({ company: newCompany(), onStep: () => undefined }));
    const machine = stack.use(await FreshMachine.create());
    const before = await stage.simulator.state();
    return new PackedDemo({ stage, machine, before, consolePort: await freePort(), stack: stack.move() });
  }

  /** Installs a package, or another version of it. @returns what dpkg printed */
  async install(deb: string): Promise<string> {
    await copyFile(deb, join(this.machine.sharedFolder, basename(deb)));
    return await this.machine.sh(`dpkg --install ${FreshMachine.shared}/${basename(deb)} 2>&1`);
  }

  /** Writes configuration and secrets as docs/without-containers.md tells. */
  async configure(): Promise<void> {
    const { directories, lastpass, ...others } = stageConfiguration.parse(
      parse(await readFile(this.stage.configFile, 'utf8')),
    );
    const [{ bindPassword, tls, ...directory }] = directories;
    const { provhash, ...tenant } = lastpass;
    const configuration = {
      ...others,
      directories: [
        {
          ...directory,
          bindPasswordFile: 'secrets/ldap-bind-password',
          tls: { caFile: 'secrets/corp-ca.pem' },
        },
      ],
      lastpass: { ...tenant, provhashFile: 'secrets/lastpass-provhash' },
      http: { watcher: 0, reconciler: 0, pusher: 0, console: this.consolePort },
      console: { tokenFile: 'secrets/console-token' },
    };
    const files = {
      'connector.yaml': stringify(configuration),
      'secrets/ldap-bind-password': bindPassword,
      'secrets/lastpass-provhash': provhash,
      'secrets/corp-ca.pem': await readFile(tls.caFile, 'utf8'),
      'secrets/console-token': consoleToken,
    };
    for (const [name, text] of Object.entries(files)) {
      const written = join(this.machine.sharedFolder, 'written');
      await writeFile(written, text);
      await chmod(written, 0o600);
      await this.machine.sh(
        `cat ${FreshMachine.shared}/written | install -m 0640 -g connector /dev/stdin /etc/connector/${name}`,
      );
    }
  }

  /** Starts all four as their unit says, and waits until they are up. */
  async start(): Promise<void> {
    for (const name of serviceNames) this.#services.set(name, await startUnit(this.machine, name));
    for (const [name, service] of this.#services)
      await waitUntil(
        `the ${name} to be up`,
        () => {
          if (!service.running) throw new Error(service.output);
          return service.output.includes(`the ${name} is up`);
        },
        { withinMs: 45_000 },
      );
  }

  /** The ids of the processes of the services that run. */
  get running(): readonly number[] {
    return [...this.#services.values()].filter(({ running }) => running).map(({ pid }) => pid);
  }

  /** Ends all four as systemd would. @returns their exit codes */
  async stop(): Promise<(number | null)[]> {
    return await Promise.all([...this.#services.values()].map((service) => service.stop()));
  }

  /** Makes the next so many changes of the demo's round in the directory. */
  async change(count: number): Promise<void> {
    const { admin, domain } = this.stage;
    for (let made = 0; made < count; made++) {
      const { value } = this.#changes.next();
      assert.ok(value, 'the round has no more changes');
      await value.act({ admin, company: this.#company, baseDn: domain.baseDn });
      value.note(this.#company);
      this.#expectation.follow(this.#company);
    }
  }

  /** Waits until the whole of LastPass is as it should be, and nothing is left to do. @throws Error with the differences */
  async converged(): Promise<void> {
    await waitUntil(
      'LastPass to be as it should be',
      async () => {
        const after = await this.stage.simulator.state();
        const differences = differencesOf({ before: this.#before, after, expectation: this.#expectation });
        if (differences.length > 0) throw new Error(differences.join('\n'));
        const { begun, total } = await outstandingIn(this.stage.store);
        return begun && total === 0;
      },
      { withinMs: 90_000, everyMs: 200 },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#stack.disposeAsync();
  }
}
