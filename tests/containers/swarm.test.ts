/** deploy/swarm.yml: with it, docker-compose.yml is a stack that Docker Swarm takes. Once it is one, for as long as a test takes. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { scriptOf } from '../docs/shell-script.ts';
import { waitUntil } from '../support/wait-until.ts';
import { ComposeProject } from './compose-project.ts';
import { docker } from './docker.ts';
import { productionHome } from './production-home.ts';
import { Registry } from './registry.ts';

const root = resolve(import.meta.dirname, '../..');

const named = z.record(z.string(), z.looseObject({ name: z.string() }));
const stack = z.looseObject({
  services: z.record(
    z.string(),
    z.looseObject({
      ports: z.array(z.unknown()).optional(),
      volumes: z.array(z.looseObject({ type: z.string(), target: z.string() })).default([]),
      deploy: z.looseObject({
        replicas: z.number().optional(),
        endpoint_mode: z.string().optional(),
        resources: z.object({ limits: z.object({ memory: z.string(), pids: z.number() }) }),
        restart_policy: z.object({ condition: z.string() }).optional(),
      }),
    }),
  ),
  configs: named,
  secrets: named,
});

test('Swarm takes the compose file with deploy/swarm.yml, publishes nothing, and can change every secret', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'swarm-'));
  t.after(() => rm(folder, { recursive: true }));
  const env = { CONNECTOR_HOME: '', COMPOSE_PROFILES: '', PUSHERS: '3', CONNECTOR_REVISION: '7' };
  const files = ['docker-compose.yml', 'deploy/swarm.yml'].flatMap((name) => ['--file', join(root, name)]);
  const merged = await docker(['compose', '--project-directory', root, ...files, 'config'], { env });
  const file = join(folder, 'stack.yml');
  await writeFile(file, merged.replace(/^name:.*\n/m, '')); // as the sed of docs/scaling.md does
  const { services, configs, secrets } = stack.parse(parse(await docker(['stack', 'config', '--compose-file', file])));
  assert.deepEqual(Object.keys(services).sort(), [
    'configuration',
    'console',
    'pusher',
    'reconciler',
    'redis',
    'watcher',
  ]);
  for (const [name, { ports, deploy }] of Object.entries(services)) {
    assert.equal(ports, undefined, `${name} would be published on every address of every node`);
    assert.ok(deploy.resources.limits.pids > 0, name);
  }
  assert.equal(services['pusher']?.deploy.replicas, 3);
  assert.equal(services['watcher']?.deploy.replicas, 2);
  assert.equal(services['configuration']?.deploy.restart_policy?.condition, 'none');
  assert.equal(services['redis']?.deploy.endpoint_mode, 'dnsrr');
  assert.ok(services['redis']?.volumes.some(({ type, target }) => type === 'tmpfs' && target === '/tmp'));
  for (const { name } of [...Object.values(configs), ...Object.values(secrets)]) assert.match(name, /-7$/);
});

/** How the documents' words differ here: a swarm on this machine alone. */
const here = `docker() {
  case "$1 $2" in
    'swarm init') command docker swarm init --advertise-addr 127.0.0.1 ;;
    *) command docker "$@" ;;
  esac
}
`;
const replicas = z.array(z.tuple([z.string(), z.coerce.number(), z.coerce.number()]));

test('what docs/scaling.md has people type makes a swarm of this engine, in which every service runs as often as it shall', async (t) => {
  const before = (await docker(['info', '--format', '{{.Swarm.LocalNodeState}}'])).trim();
  assert.equal(before, 'inactive', 'this engine is in a swarm already: the test needs one that is not');
  const home = await productionHome(t);
  const project = await ComposeProject.create({ env: { CONNECTOR_HOME: home } });
  const registry = await Registry.create();
  const image = `${registry.address}/connector:v0.1.0`;
  t.after(async () => {
    await docker(['stack', 'rm', 'connector']);
    await waitUntil(
      'the stack to be gone',
      async () => (await docker(['ps', '-aq', '-f', 'label=com.docker.stack.namespace=connector'])).trim() === '',
      {
        withinMs: 60_000,
      },
    );
    await docker(['swarm', 'leave', '--force']);
    await docker(['network', 'rm', 'docker_gwbridge']);
    await docker(['volume', 'rm', '--force', `${project.name}_redis`]);
    await docker(['image', 'rm', '--force', image]);
    await registry[Symbol.asyncDispose]();
  });
  const text = await readFile(join(root, 'docs/scaling.md'), 'utf8');
  const [, swarm = ''] = /^## Docker Swarm\n([\s\S]*?)^## /m.exec(text) ?? [];
  const script = swarm
    .replace(/^```sh\nin_redis=[\s\S]*?^```$/m, '') // tests/deploy/back-up.test.ts types that
    .replace('<node>', '$(docker node ls --quiet)')
    .replaceAll('registry.example.com/connector:v0.1.0', image);
  const [deploying = '', looking = '', ...more] = scriptOf(script).split(/^(?=docker exec )/m);
  assert.deepEqual(more, []);
  // "docker compose -f docker-compose.yml -f deploy/swarm.yml" is typed in the clone's folder.
  const deployed = await project.type(here + deploying, { cwd: root });
  assert.equal(deployed.code, 0, deployed.output);
  assert.deepEqual(await registry.tagsOf('connector'), ['v0.1.0']);
  await waitUntil(
    'every service to run as often as it shall',
    async () => {
      const format = '{{.Name}} {{.Replicas}}';
      const lines = (await docker(['stack', 'services', 'connector', '--format', format])).trim().split('\n');
      const counts = replicas.parse(lines.map((line) => line.split(/[ /]/)));
      const services = counts.filter(([name]) => name !== 'connector_configuration'); // it has ended by then
      return services.length === 5 && services.every(([, running, wanted]) => running === wanted);
    },
    { withinMs: 90_000 },
  );
  const { output } = await project.type(here + looking, { cwd: root });
  assert.match(output, /^ {2}watcher {5}not ready.*(\n.*){5}pusher {6}not ready/m); // as there is neither end
});

test('docs/scaling.md has the command that Swarm was tried with', async () => {
  const text = await readFile(join(root, 'docs/scaling.md'), 'utf8');
  assert.match(text, /docker compose -f docker-compose\.yml -f deploy\/swarm\.yml config \| sed '\/\^name:\/d' \|/);
});
