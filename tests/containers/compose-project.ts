/**
 * docker-compose.yml as a project of its own: under a name, and on ports, that nobody else has. All that was made for it but the
 * images is removed with it.
 */
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { openStore, type Store } from '@connector/shared/store.ts';
import { z } from 'zod';
import { Program } from '../support/child-process.ts';
import { freePort } from '../support/redis-server.ts';
import { docker, type Ended, runDocker } from './docker.ts';

const root = resolve(import.meta.dirname, '../..');
/** Images that tests build; those that people built stay as they are. */
export const testImage = 'connector:test';

const container = z.object({
  Id: z.string(),
  Name: z.string(),
  State: z.object({
    Pid: z.number(),
    Running: z.boolean(),
    StartedAt: z.string(),
    /** Of those that have a health check. */
    Health: z.object({ Status: z.string() }).optional(),
  }),
  Config: z.object({ User: z.string(), Labels: z.record(z.string(), z.string()) }),
  HostConfig: z.object({
    ReadonlyRootfs: z.boolean(),
    Privileged: z.boolean(),
    CapAdd: z.array(z.string()).nullable(),
    CapDrop: z.array(z.string()).nullable(),
    SecurityOpt: z.array(z.string()).nullable(),
    Memory: z.number(),
    PidsLimit: z.number().nullable(),
    RestartPolicy: z.object({ Name: z.string() }),
    LogConfig: z.object({ Type: z.string(), Config: z.record(z.string(), z.string()) }),
  }),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ IPAddress: z.string() })),
    Ports: z.record(z.string(), z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullable()),
  }),
});

/** A container as `docker inspect` tells it, as far as tests look at it. */
export type Container = z.infer<typeof container>;

export interface ComposeProjectOptions {
  readonly profile?: 'demo' | 'monitoring';
  /** Another compose file, which changes some of the first. */
  readonly file?: string;
  /** Variables as `.env` sets them. */
  readonly env?: Readonly<Record<string, string>>;
}

export class ComposeProject implements AsyncDisposable {
  readonly name = `connector-test-${randomBytes(4).toString('hex')}`;
  readonly #options: ComposeProjectOptions;
  readonly #ports: Readonly<Record<string, string>>;

  private constructor(options: ComposeProjectOptions, ports: Readonly<Record<string, string>>) {
    this.#options = options;
    this.#ports = ports;
  }

  /** Nothing is started yet. */
  static async create(options: ComposeProjectOptions = {}): Promise<ComposeProject> {
    // Free ones, rather than 0: of that the engine makes another one at each start of a container.
    const names = ['CONSOLE_PORT', 'SIMULATOR_PORT', 'DIRECTORY_PORT', 'PROMETHEUS_PORT', 'GRAFANA_PORT'];
    const ports = await Promise.all(names.map(async (name) => [name, String(await freePort())]));
    return new ComposeProject(options, Object.fromEntries(ports));
  }

  #command(args: readonly string[]) {
    const { profile, env, file: besides } = this.#options;
    const own = { CONNECTOR_IMAGE: testImage, COMPOSE_PROFILES: '', CONNECTOR_HOME: '', ...this.#ports };
    const profiles = profile === undefined ? [] : ['--profile', profile];
    const files = ['docker-compose.yml', ...(besides === undefined ? [] : [besides])];
    const file = [
      '--project-directory',
      root,
      ...files.flatMap((each) => ['--file', resolve(root, each)]),
      '--ansi',
      'never',
    ];
    return {
      args: ['compose', '--project-name', this.name, ...file, ...profiles, ...args],
      options: { env: { ...own, ...env } },
    };
  }

  /** Runs `docker compose …`. @throws Error when it fails */
  async compose(...args: readonly string[]): Promise<string> {
    const command = this.#command(args);
    return await docker(command.args, command.options);
  }

  /** Runs `docker compose …` to whatever end. */
  async tryCompose(...args: readonly string[]): Promise<Ended> {
    const command = this.#command(args);
    return await runDocker(command.args, command.options);
  }

  /** The `connector` command, as the documents tell it. */
  async connector(...args: readonly string[]): Promise<string> {
    return await this.compose('exec', '-T', 'console', 'connector', ...args);
  }

  /** Runs a script of `containers/`, as the documents tell it. @throws Error when it fails */
  async script(name: 'back-up' | 'restore', file: string): Promise<void> {
    const { profile = '' } = this.#options;
    const env = { ...this.#command([]).options.env, COMPOSE_PROJECT_NAME: this.name, COMPOSE_PROFILES: profile };
    await using script = new Program({ command: join(root, 'containers', name), args: [file], cwd: root, env });
    if ((await script.ended) !== 0) throw new Error(`containers/${name} ${file}: ${script.output}`);
  }

  /** Types a script into bash, in a folder as `docker compose` runs there for whoever has set it up. */
  async type(script: string, { cwd }: { readonly cwd: string }): Promise<Ended> {
    const own = { COMPOSE_PROJECT_NAME: this.name, COMPOSE_FILE: join(root, 'docker-compose.yml') };
    const env = { ...this.#command([]).options.env, ...own };
    await using bash = new Program({ command: 'bash', args: ['-euo', 'pipefail', '-c', script], cwd, env });
    const code = await bash.ended;
    return { code, output: bash.output };
  }

  /** The containers that run for a service, or for all. */
  async containers(...services: readonly string[]): Promise<Container[]> {
    const ids = (await this.compose('ps', '--quiet', ...services)).split('\n').filter(Boolean);
    if (ids.length === 0) return [];
    return z.array(container).parse(JSON.parse(await docker(['inspect', ...ids])));
  }

  /** The only container of a service. @throws Error when there are none, or several */
  async container(service: string): Promise<Container> {
    const [only, ...others] = await this.containers(service);
    if (only === undefined || others.length > 0)
      throw new Error(`${service} has ${others.length + (only ? 1 : 0)} containers`);
    return only;
  }

  /** Where a service's port is published, such as `127.0.0.1:49153`. */
  async published(service: string, port: number): Promise<string> {
    return (await this.compose('port', service, String(port))).trim();
  }

  /** Opens what Redis remembers, at its address in the project's network: it is published nowhere. */
  async openStore({ password, prefix }: { password: string; prefix: string }): Promise<Store> {
    const { NetworkSettings } = await this.container('redis');
    const [address] = Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress);
    return openStore({ target: { url: `redis://${address}:6379`, password }, prefix, name: 'test' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const profiles = ['--profile', 'demo', '--profile', 'monitoring'];
    const down = [...profiles, 'down', '--volumes', '--remove-orphans', '--timeout', '5'];
    const { code, output } = await this.tryCompose(...down);
    if (code === 0) return;
    // After a container was killed, an engine may go on counting it in its network, which then can't be removed before a restart.
    const left = await docker(['ps', '--all', '--quiet', '--filter', `label=com.docker.compose.project=${this.name}`]);
    if (left.trim() !== '' || !/network .* has active endpoints/.test(output))
      throw new Error(`compose down: ${output}`);
    console.log(
      `the engine keeps a network that nobody uses: docker network rm ${this.name}_outside, once it has restarted`,
    );
  }
}

/** Which service a container runs. */
export const serviceOf = ({ Config }: Container): string => Config.Labels['com.docker.compose.service'] ?? '';
