/** docker-compose.yml in production: from one connector.yaml and secrets, and what it says when something of that is missing. */
import assert from 'node:assert/strict';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { scriptOf } from '../docs/shell-script.ts';
import { Program } from '../support/child-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { ComposeProject, serviceOf } from './compose-project.ts';
import { docker } from './docker.ts';
import { productionHome } from './production-home.ts';

const root = resolve(import.meta.dirname, '../..');
const services = ['configuration', 'console', 'pusher', 'reconciler', 'redis', 'watcher'];
async function newProject(t: TestContext, options: Parameters<typeof ComposeProject.create>[0] = {}) {
  const project = await ComposeProject.create(options);
  t.after(() => project[Symbol.asyncDispose]());
  return project;
}

describe('production in containers', { timeout: 270_000 }, () => {
  before(async () => {
    await using project = await ComposeProject.create({ profile: 'demo' });
    await project.compose('build', '--quiet');
  });

  test('the compose file is clean, and has the demo only where it is asked for', async (t) => {
    const demo = await newProject(t, { profile: 'demo' });
    const production = await newProject(t);
    for (const project of [demo, production])
      assert.deepEqual(await project.tryCompose('config', '--quiet'), { code: 0, output: '' });
    const servicesOf = async (project: ComposeProject) =>
      (await project.compose('config', '--services')).split('\n').sort();
    assert.deepEqual(await servicesOf(production), services);
    assert.deepEqual(await servicesOf(demo), [...services, 'directory', 'simulator'].sort());
  });

  test('a folder that is not set up starts no service, and says what to do', async (t) => {
    const project = await newProject(t);
    const { code, output } = await project.tryCompose('up', '--detach');
    assert.equal(code, 1);
    assert.match(output, /service "configuration" didn't complete successfully/);
    assert.match(
      await project.compose('logs', 'configuration'),
      /isn't set up for production.*docker compose --profile demo up/s,
    );
    assert.deepEqual((await project.containers()).map(serviceOf), ['redis']);
  });

  test('configuration, check and preview run before any service does', async (t) => {
    const project = await newProject(t, { env: { CONNECTOR_HOME: await productionHome(t) } });
    const configuration = await project.tryCompose('run', '--rm', '-T', 'configuration');
    assert.match(configuration.output, /the configuration can be used: corp/);
    const check = await project.tryCompose('run', '--rm', '-T', 'console', 'connector', 'check');
    assert.equal(check.code, 1, check.output);
    assert.match(check.output, /^ok {7}Redis: redis:6379 answers$/m);
    assert.match(check.output, /^failure {2}directory corp: ldaps:\/\/dc1\.corp\.example\.com can't be reached/m);
    const preview = await project.tryCompose('run', '--rm', '-T', 'console', 'connector', 'preview', '--csv');
    assert.equal(preview.code, 1, preview.output);
    assert.match(preview.output, /^connector: .*(dc1\.corp\.example\.com|lastpass\.invalid)/m);
    assert.deepEqual((await project.containers()).map(serviceOf), ['redis']);
  });

  test('it runs from connector.yaml and secrets alone, several of each service, and waits for what is missing', async (t) => {
    const project = await newProject(t, { env: { CONNECTOR_HOME: await productionHome(t) } });
    await project.compose('up', '--detach', '--wait', '--scale', 'pusher=2', '--scale', 'watcher=2');
    const running = (await project.containers()).map(serviceOf).sort();
    assert.deepEqual(running, ['console', 'pusher', 'pusher', 'reconciler', 'redis', 'watcher', 'watcher']);
    const missing = [/dc1\.corp\.example\.com/, /lastpass\.invalid/];
    await waitUntil('both ends to be missed', async () => {
      const { output } = await project.tryCompose('exec', '-T', 'console', 'connector', 'status');
      for (const each of missing) assert.match(output, each);
      return true;
    });
  });

  test('every service ends in good order when it is stopped, within its time', async (t) => {
    const project = await newProject(t, { env: { CONNECTOR_HOME: await productionHome(t) } });
    await project.compose('up', '--detach', '--wait');
    const ids = (await project.containers()).map(({ Id }) => Id);
    const startedAt = performance.now();
    await project.compose('stop');
    assert.ok(performance.now() - startedAt < 10_000, `${performance.now() - startedAt} ms`);
    const ended = z.array(z.object({ Name: z.string(), State: z.object({ ExitCode: z.number() }) }));
    for (const { Name, State } of ended.parse(JSON.parse(await docker(['inspect', ...ids]))))
      assert.equal(State.ExitCode, 0, Name);
  });

  test("Redis' password is rotated by what docs/operations.md has people type, and every service goes on", async (t) => {
    const home = await productionHome(t);
    const file = join(home, 'secrets', 'redis-password');
    const old = (await readFile(file, 'utf8')).trim();
    const project = await newProject(t, { env: { CONNECTOR_HOME: home } });
    await project.compose('up', '--detach', '--wait');
    const before = new Map((await project.containers()).map((container) => [container.Id, container.State.StartedAt]));
    const [, rotation = ''] = (await readFile(join(root, 'docs/operations.md'), 'utf8')).split(
      '\n## Rotate a secret\n',
    );
    const { code, output } = await project.type(scriptOf(rotation), { cwd: home });
    assert.equal(code, 0, output);
    const restarted = (await project.containers()).filter(({ Id, State }) => before.get(Id) !== State.StartedAt);
    assert.deepEqual(restarted.map(serviceOf).sort(), ['console', 'pusher', 'reconciler', 'watcher']);
    const password = (await readFile(file, 'utf8')).trim();
    assert.notEqual(password, old);
    const ping = async (auth: string) =>
      (await project.compose('exec', '-T', '-e', `REDISCLI_AUTH=${auth}`, 'redis', 'redis-cli', 'ping')).trim();
    const isRight = async () => {
      assert.match(await ping(old), /WRONGPASS|NOAUTH/);
      assert.equal(await ping(password), 'PONG');
      const { output: told } = await project.tryCompose('exec', '-T', 'console', 'connector', 'check');
      assert.match(told, /^ok {7}Redis: redis:6379 answers$/m);
    };
    await isRight();
    await project.compose('restart', 'redis');
    await waitUntil('Redis to be there again', async () => (await ping(password)) === 'PONG');
    await isRight();
  });

  test('a slip in connector.yaml is told by its key before any service starts', async (t) => {
    const home = await productionHome(t);
    const file = join(home, 'connector.yaml');
    await writeFile(file, `${await readFile(file, 'utf8')}\npolcy: {}\n`);
    const project = await newProject(t, { env: { CONNECTOR_HOME: home } });
    assert.equal((await project.tryCompose('up', '--detach')).code, 1);
    const slip = /polcy: unknown key; did you mean policy\?/;
    assert.match(await project.compose('logs', 'configuration'), slip);
    const first = await project.tryCompose('run', '--rm', '-T', 'configuration'); // as docs/getting-started.md begins
    assert.equal(first.code, 1);
    assert.match(first.output, slip);
  });

  test('a secret that is missing is told by its file', async (t) => {
    const home = await productionHome(t);
    await rm(join(home, 'secrets', 'lastpass-provhash'));
    const project = await newProject(t, { env: { CONNECTOR_HOME: home } });
    const { code, output } = await project.tryCompose('up', '--detach');
    assert.notEqual(code, 0);
    assert.match(output, /secrets\/lastpass-provhash/);
  });

  test('the command that ends the demo means the demo in a folder of production, too, where nothing else says so', async (t) => {
    const home = await productionHome(t);
    await cp(join(root, 'docker-compose.yml'), join(home, 'docker-compose.yml'));
    await writeFile(join(home, '.env'), 'CONNECTOR_HOME=.\n');
    const [, ending = ''] = /^(.*)down --volumes/m.exec(await readFile(join(root, 'README.md'), 'utf8')) ?? [];
    const meant = async (command: string) => {
      const env = { CONNECTOR_HOME: undefined, COMPOSE_PROFILES: undefined };
      await using bash = new Program({ command: 'bash', args: ['-c', `${command} config`], cwd: home, env });
      assert.equal(await bash.ended, 0, bash.output);
      return z.object({ name: z.string(), services: z.record(z.string(), z.unknown()) }).parse(parse(bash.output));
    };
    assert.equal((await meant('docker compose')).name, 'connector-production');
    const { name, services: ended } = await meant(ending);
    assert.equal(name, 'connector');
    assert.ok('directory' in ended && 'simulator' in ended, Object.keys(ended).join());
  });

  test('asking for the demo in a folder of production starts none, and changes nothing', async (t) => {
    const project = await newProject(t, { env: { CONNECTOR_HOME: await productionHome(t) } });
    await project.compose('up', '--detach');
    const idsOf = async () => (await project.containers()).map(({ Id, State }) => [Id, State.StartedAt]).sort();
    const running = await idsOf();
    await project.compose('--profile', 'demo', 'up', '--detach');
    assert.deepEqual(await idsOf(), running);
    assert.deepEqual((await project.compose('--profile', 'demo', 'config', '--services')).split('\n').sort(), services);
  });
});
