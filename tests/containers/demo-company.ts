/** The demo in containers, changed through its directory; and beside it what LastPass should come to, computed from the changes alone. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Store } from '@connector/shared/store.ts';
import { asideDifferences, differencesOf } from '../../demo/differences.ts';
import { Expectation } from '../../demo/expectation.ts';
import { mirroredObject, outstandingIn, peopleSetAside } from '../../demo/outstanding.ts';
import { round } from '../../demo/round.ts';
import { newCompany } from '../../demo/seed/company.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { type SimulatedState, SimulatorControl } from '../support/simulator.ts';
import { waitUntil } from '../support/wait-until.ts';
import { ComposeProject } from './compose-project.ts';

const baseDn = 'DC=example,DC=test';
const secretsFolder = resolve(import.meta.dirname, '../../demo/containers/secrets');
const secretNames = ['redis-password', 'ldap-bind-password', 'lastpass-provhash', 'console-token'] as const;

type Secrets = Readonly<Record<(typeof secretNames)[number], string>>;

async function readSecrets(): Promise<Secrets> {
  const read = async (name: string) => [name, (await readFile(join(secretsFolder, name), 'utf8')).trim()] as const;
  return Object.fromEntries(await Promise.all(secretNames.map(read))) as Secrets;
}

export class DemoCompany implements AsyncDisposable {
  readonly project: ComposeProject;
  readonly secrets: Secrets;
  readonly simulator: SimulatorControl;
  readonly admin: DirectoryAdmin;
  /** A folder for files of the test. */
  readonly dir: string;
  /** LastPass before the connector first saw it. */
  readonly #before: SimulatedState;
  readonly #company = newCompany();
  readonly #expectation: Expectation;
  readonly #changes = round.values();
  readonly #stack: AsyncDisposableStack;

  private constructor(parts: {
    project: ComposeProject;
    secrets: Secrets;
    simulator: SimulatorControl;
    admin: DirectoryAdmin;
    dir: string;
    before: SimulatedState;
    stack: AsyncDisposableStack;
  }) {
    this.project = parts.project;
    this.secrets = parts.secrets;
    this.simulator = parts.simulator;
    this.admin = parts.admin;
    this.dir = parts.dir;
    this.#before = parts.before;
    this.#stack = parts.stack;
    this.#expectation = new Expectation(parts.before);
    this.#expectation.follow(this.#company);
  }

  /** Builds the images and starts the demo's directory and simulator; none of the connector's services yet. */
  static async create(): Promise<DemoCompany> {
    await using stack = new AsyncDisposableStack();
    const project = stack.use(await ComposeProject.create({ profile: 'demo' }));
    await project.compose('build', '--quiet');
    await project.compose('up', '--detach', '--wait', 'simulator');
    const simulator = new SimulatorControl(`http://${await project.published('simulator', 8081)}`);
    const dir = stack.adopt(await mkdtemp(join(tmpdir(), 'containers-')), (made) => rm(made, { recursive: true }));
    const caFile = join(dir, 'ca.pem');
    await writeFile(caFile, await project.compose('exec', '-T', 'directory', 'cat', '/run/demo/ca.pem'));
    const admin = stack.use(
      new DirectoryAdmin({
        ldapsUrl: `ldaps://${await project.published('directory', 636)}`,
        caFile,
        adminDn: `CN=Administrator,CN=Users,${baseDn}`,
        adminPassword: 'Passw0rd!Admin',
        baseDn,
      }),
    );
    const before = await simulator.state();
    return new DemoCompany({
      project,
      secrets: await readSecrets(),
      simulator,
      admin,
      dir,
      before,
      stack: stack.move(),
    });
  }

  /** Makes the next so many changes of the demo's round in the directory, without waiting for anything. */
  async change(count: number): Promise<void> {
    for (let made = 0; made < count; made++) {
      const { value } = this.#changes.next();
      if (value === undefined) throw new Error('the round has no more changes');
      await value.act({ admin: this.admin, company: this.#company, baseDn });
      value.note(this.#company);
      this.#expectation.follow(this.#company);
    }
  }

  /** Everything in LastPass that isn't as it should be. */
  async differences(): Promise<string[]> {
    const [before, after] = [this.#before, await this.simulator.state()];
    return differencesOf({ before, after, expectation: this.#expectation });
  }

  /** Waits until LastPass is as it should be. @throws Error with the differences */
  async converged({ withinMs = 60_000 } = {}): Promise<void> {
    await waitUntil(
      'LastPass to be as it should be',
      async () => {
        const differences = await this.differences();
        if (differences.length > 0) throw new Error(differences.join('\n'));
        return true;
      },
      { withinMs, everyMs: 200 },
    );
  }

  /** Waits until all that was done in the directory has arrived, and nothing is left to do; then compares everything. */
  async settledDifferences(): Promise<string[]> {
    const marker = await this.admin.createOu({ name: `marker ${performance.now()}` });
    return await this.withStore(async (store) => {
      const isMirrored = async () => (await mirroredObject(store, marker)) !== null;
      await waitUntil('the marker in the mirror', isMirrored, { withinMs: 60_000, everyMs: 100 });
      const isQuiet = async () => (await outstandingIn(store)).total === 0;
      await waitUntil('everything outstanding to be done', isQuiet, { withinMs: 60_000, everyMs: 100 });
      const aside = asideDifferences(await peopleSetAside(store), this.#expectation.setAside, this.#company);
      return [...(await this.differences()), ...aside];
    });
  }

  /** What Redis remembers, for as long as `look` takes. */
  async withStore<T>(look: (store: Store) => Promise<T>): Promise<T> {
    const store = await this.project.openStore({ password: this.secrets['redis-password'], prefix: 'demo' });
    try {
      return await look(store);
    } finally {
      store.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
