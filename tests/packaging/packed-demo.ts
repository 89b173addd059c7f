/** The demo's domain and tenant, served by the connector as it is packed, on a fresh machine with a Redis of its own. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openStore, type Store } from '@connector/shared/store.ts';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { differencesOf } from '../../demo/differences.ts';
import { Expectation } from '../../demo/expectation.ts';
import { outstandingIn } from '../../demo/outstanding.ts';
import { round } from '../../demo/round.ts';
import { newCompany } from '../../demo/seed/company.ts';
import { Stage } from '../../demo/stage.ts';
import { freePort } from '../support/redis-server.ts';
import type { SimulatedState } from '../support/simulator.ts';
import { waitUntil } from '../support/wait-until.ts';
import { FreshMachine } from './fresh-machine.ts';

export const serviceNames = ['watcher', 'reconciler', 'pusher', 'console'] as const;

const stageConfiguration = z.looseObject({
  directories: z.tuple([z.looseObject({ bindPassword: z.string(), tls: z.object({ caFile: z.string() }) })]),
  lastpass: z.looseObject({ provhash: z.string() }),
});

export class PackedDemo implements AsyncDisposable {
  readonly stage: Stage;
  readonly machine: FreshMachine;
  readonly consolePort: number;
  readonly redisPort: number;
  readonly #stack: AsyncDisposableStack;
  readonly #company = newCompany();
  readonly #before: SimulatedState;
  readonly #expectation: Expectation;
  readonly #changes = round.values();
  #store: Store | undefined;

  private constructor(parts: {
    stage: Stage;
    machine: FreshMachine;
    before: SimulatedState;
    ports: { console: number; redis: number };
    stack: AsyncDisposableStack;
  }) {
    this.stage = parts.stage;
    this.machine = parts.machine;
    this.consolePort = parts.ports.console;
    this.redisPort = parts.ports.redis;
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
    const ports = { console: await freePort(), redis: await freePort() };
    return new PackedDemo({ stage, machine, before, ports, stack: stack.move() });
  }

  /** Puts a package where commands are typed, and the certificate of the domain's authority in the form in which Windows has it. */
  async bring(deb: string): Promise<void> {
    await copyFile(deb, join(this.machine.sharedFolder, basename(deb)));
    const { raw } = new X509Certificate(await readFile(this.stage.caFile));
    await writeFile(join(this.machine.sharedFolder, 'corp-ca.cer'), raw);
  }

  async #stageConfiguration() {
    return stageConfiguration.parse(parse(await readFile(this.stage.configFile, 'utf8')));
  }

  /** What an administrator knows, in the order in which docs/without-containers.md asks for it. */
  async secrets(): Promise<string> {
    const { directories, lastpass } = await this.#stageConfiguration();
    return `${directories[0].bindPassword}\n${lastpass.provhash}\n`;
  }

  /** Writes /etc/connector/connector.yaml, with secrets where the docs have them put, and ports that nobody else here has. */
  async configure(): Promise<void> {
    const { directories, lastpass, redis: _, ...others } = await this.#stageConfiguration();
    const [{ bindPassword: _password, tls: _tls, ...directory }] = directories;
    const { provhash: _provhash, ...tenant } = lastpass;
    const configuration = {
      ...others,
      directories: [
        { ...directory, bindPasswordFile: 'secrets/ldap-bind-password', tls: { caFile: 'secrets/corp-ca.pem' } },
      ],
      lastpass: { ...tenant, provhashFile: 'secrets/lastpass-provhash' },
      redis: { url: `redis://127.0.0.1:${this.redisPort}`, passwordFile: 'secrets/redis-password' },
      http: { watcher: 0, reconciler: 0, pusher: 0, console: this.consolePort },
      console: { tokenFile: 'secrets/console-token' },
    };
    await writeFile(join(this.machine.sharedFolder, 'written.yaml'), stringify(configuration));
    await this.machine.sh(`cat ${FreshMachine.shared}/written.yaml >/etc/connector/connector.yaml`);
  }

  /** Those of the services that run, with the ids of their processes, as systemd tells. */
  async running(): Promise<ReadonlyMap<string, number>> {
    const units = serviceNames.map((name) => `connector@${name}`).join(' ');
    const told = await this.machine.sh(`systemctl show --property=MainPID --value ${units}`);
    const ids = told.split('\n').filter(Boolean).map(Number);
    assert.equal(ids.length, serviceNames.length);
    return new Map(serviceNames.map((name, index) => [name, ids[index] ?? 0] as const).filter(([, id]) => id > 0));
  }

  /** Waits until every service that was started says so in the journal. */
  async started(): Promise<void> {
    const units = serviceNames.map((name) => `connector@${name}`);
    for (const [index, unit] of units.entries())
      await waitUntil(
        `${unit} to be up`,
        async () => {
          const id = await this.machine.sh(`systemctl show --property=InvocationID --value ${unit}`);
          const log = await this.machine.sh(`journalctl --output=cat _SYSTEMD_INVOCATION_ID=${id.trim()}`);
          if (!log.includes(`the ${serviceNames[index]} is up`)) throw new Error(log);
          return true;
        },
        { withinMs: 45_000, everyMs: 100 },
      );
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

  /** What the machine's Redis remembers. */
  async #openStore(): Promise<Store> {
    const url = `redis://127.0.0.1:${this.redisPort}`;
    const password = (await this.machine.sh('cat /etc/connector/secrets/redis-password')).trim();
    const store = openStore({ target: { url, password }, prefix: 'connector', name: 'test' });
    this.#stack.defer(() => store.close());
    return store;
  }

  /** Waits until the whole of LastPass is as it should be, and nothing is left to do. @throws Error with the differences */
  async converged(): Promise<void> {
    this.#store ??= await this.#openStore();
    const store = this.#store;
    await waitUntil(
      'LastPass to be as it should be',
      async () => {
        const after = await this.stage.simulator.state();
        const differences = differencesOf({ before: this.#before, after, expectation: this.#expectation });
        if (differences.length > 0) throw new Error(differences.join('\n'));
        const { begun, total } = await outstandingIn(store);
        return begun && total === 0;
      },
      { withinMs: 90_000, everyMs: 200 },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
