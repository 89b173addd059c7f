/** deploy/swarm.yml: with it, docker-compose.yml is a stack that Docker Swarm takes. No swarm is needed to tell. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { docker } from './docker.ts';

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

test('docs/scaling.md has the command that Swarm was tried with', async () => {
  const text = await readFile(join(root, 'docs/scaling.md'), 'utf8');
  assert.match(text, /docker compose -f docker-compose\.yml -f deploy\/swarm\.yml config \| sed '\/\^name:\/d' \|/);
});
