/**
 * The demo on a real Docker engine: what `docker compose --profile demo up` starts brings LastPass to what it should be, through
 * crashes of every part, with several of each service, and shows no secret while it does.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { directoryId } from '../../demo/stage.ts';
import { creations, repeats } from '../faults/call-log.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type Container, serviceOf } from './compose-project.ts';
import { DemoCompany } from './demo-company.ts';
import { docker } from './docker.ts';

const services = ['watcher', 'reconciler', 'pusher', 'console'] as const;
const status = z.object({
  services: z.array(z.object({ service: z.string(), instances: z.array(z.object({ ready: z.boolean() })) })),
});

describe('the demo in containers', { timeout: 270_000 }, () => {
  let demo: DemoCompany;

  before(async () => {
    demo = await DemoCompany.create();
    await demo.project.compose('up', '--detach', '--wait');
  });
  after(async () => {
    await demo?.[Symbol.asyncDispose]();
  });

  /** How many of each kind say that they are ready. */
  async function ready(): Promise<Record<string, number>> {
    const told = status.parse(JSON.parse(await demo.project.connector('status', '--json')));
    const count = (instances: readonly { ready: boolean }[]) => instances.filter((each) => each.ready).length;
    return Object.fromEntries(told.services.map(({ service, instances }) => [service, count(instances)]));
  }

  /** Ends a container's process as a crash does, right after a change in the directory; the engine starts it again by itself. */
  async function crashAfterChange(service: string): Promise<void> {
    const { Id, State } = await demo.project.container(service);
    await demo.change(1);
    if (service === 'directory') await demo.admin.hangUp();
    process.kill(State.Pid, 'SIGKILL');
    const isBack = async () => {
      const now = await demo.project.container(service);
      return now.Id === Id && now.State.Running && now.State.StartedAt !== State.StartedAt;
    };
    await waitUntil(`the engine to start ${service} again`, isBack, { withinMs: 30_000, everyMs: 100 });
    if (service !== 'directory') return; // the services wait for it by themselves; we, to change something in it, don't
    const isHealthy = async () => (await demo.project.container(service)).State.Health?.Status === 'healthy';
    await waitUntil('the directory to answer again', isHealthy, { withinMs: 30_000, everyMs: 100 });
  }

  test('the first sync brings LastPass to what the directory says', async () => {
    await demo.converged({ withinMs: 90_000 });
    assert.deepEqual(await demo.settledDifferences(), []);
    assert.deepEqual(await ready(), { watcher: 1, reconciler: 1, pusher: 1 });
  });

  test('creates were made durable by WAITAOF, on a Redis that writes to its disk once a second', async () => {
    await demo.withStore(async ({ redis }) => {
      assert.deepEqual(await redis.config('GET', 'appendfsync'), ['appendfsync', 'everysec']);
      const waited = /^cmdstat_waitaof:calls=(\d+),.*failed_calls=0/m.exec(await redis.info('commandstats'))?.[1];
      const creates = (await demo.simulator.writes()).filter(({ cmd }) => cmd === 'batchadd').length;
      assert.ok(creates > 0 && Number(waited) >= creates, `${waited} times for ${creates} calls`);
    });
  });

  test('nothing runs as root, can write to its image, or has a right that it needs not', async () => {
    const containers = await demo.project.containers();
    assert.deepEqual(containers.map(serviceOf).sort(), [...services, 'directory', 'redis', 'simulator'].sort());
    for (const { Name, Config, HostConfig } of containers) {
      assert.notEqual(Config.User, '', `${Name} runs as root`);
      const { ReadonlyRootfs, Privileged, CapAdd, CapDrop, SecurityOpt, RestartPolicy } = HostConfig;
      assert.deepEqual(
        { ReadonlyRootfs, Privileged, CapAdd, CapDrop, SecurityOpt, restart: RestartPolicy.Name },
        {
          ReadonlyRootfs: true,
          Privileged: false,
          CapAdd: null,
          CapDrop: ['ALL'],
          SecurityOpt: ['no-new-privileges:true'],
          restart: 'unless-stopped',
        },
        Name,
      );
      assert.ok(HostConfig.Memory > 0 && (HostConfig.PidsLimit ?? 0) > 0, `${Name} has no limits`);
      assert.deepEqual(
        [HostConfig.LogConfig.Type, HostConfig.LogConfig.Config['max-size']],
        ['json-file', '10m'],
        Name,
      );
    }
    for (const service of [...services, 'directory', 'redis', 'simulator']) {
      const tried = await demo.project.compose(
        'exec',
        '-T',
        service,
        'sh',
        '-c',
        'id -u; touch /x /usr/x 2>&1 || true',
      );
      assert.match(tried, /^[1-9]\d*\n(.*Read-only file system\n?){2}$/, service);
    }
  });

  test('nothing is published but on loopback, and of the connector only the console', async () => {
    const published = ({ NetworkSettings }: Container) =>
      Object.values(NetworkSettings.Ports).flatMap((bindings) => bindings ?? []);
    for (const each of await demo.project.containers()) {
      const isMeant = ['console', 'directory', 'simulator'].includes(serviceOf(each));
      assert.equal(published(each).length, isMeant ? 1 : 0, each.Name);
      for (const { HostIp } of published(each)) assert.equal(HostIp, '127.0.0.1', each.Name);
    }
  });

  test('a crash of any service, or of Redis, while changes arrive costs nothing', async () => {
    for (const service of [...services, 'redis', 'directory']) {
      await crashAfterChange(service);
      await demo.converged();
    }
    assert.deepEqual(await demo.settledDifferences(), []);
  });

  test('with 4 pushers, 3 reconcilers and 2 watchers, the other watcher takes over within 15 s', async () => {
    const scale = ['pusher=4', 'reconciler=3', 'watcher=2'].flatMap((each) => ['--scale', each]);
    await demo.project.compose('up', '--detach', '--wait', '--no-recreate', ...scale);
    const scaled = { watcher: 2, reconciler: 3, pusher: 4 };
    await waitUntil('all to be ready', async () => {
      assert.deepEqual(await ready(), scaled);
      return true;
    });
    await demo.change(3);
    await demo.converged();

    const holder = await demo.withStore(({ redis, keys }) => redis.get(keys.directory(directoryId).lease));
    const active = (await demo.project.containers('watcher')).find(({ Id }) => holder?.startsWith(Id.slice(0, 12)));
    assert.ok(active, `no container holds the lease, but ${holder}`);
    await docker(['kill', active.Id]); // by an administrator's hand: the engine doesn't start it again
    await demo.change(3);
    await demo.converged({ withinMs: 15_000 });
    assert.equal((await demo.project.containers('watcher')).length, 1);
    assert.deepEqual(await demo.settledDifferences(), []);
  });

  test('a Redis restored from a back-up that knows less creates nobody again', async () => {
    const file = join(demo.dir, 'redis.rdb');
    await demo.project.script('back-up', file);
    const known = await demo.simulator.lastCall();
    await demo.change(1);
    await demo.converged();
    const since = (await demo.simulator.writes(known)).map(({ cmd }) => cmd);
    assert.ok(since.includes('batchadd'), `somebody was to be created, but there was ${since}`);
    await demo.project.script('restore', file);
    assert.deepEqual(await demo.settledDifferences(), []);
  });

  test('through all of that no address was created twice, and no step was sent again', async () => {
    const calls = await demo.simulator.calls();
    const twice = Object.entries(creations(calls)).filter(([, times]) => times !== 1);
    assert.deepEqual(twice, []);
    assert.deepEqual(repeats(calls), []);
    const { welcomeEmails } = await demo.simulator.state();
    assert.deepEqual(
      Object.entries(welcomeEmails).filter(([, times]) => times.length > 1),
      [],
    );
  });

  test('no secret is in what the engine, the logs or the console tell', async () => {
    const ids = (await demo.project.containers()).map(({ Id }) => Id);
    const images = (await demo.project.compose('images', '--quiet')).split('\n').filter(Boolean);
    const console = `http://${await demo.project.published('console', 8080)}`;
    const headers = { authorization: `Bearer ${demo.secrets['console-token']}` };
    const page = async (path: string) => {
      const answer = await fetch(`${console}${path}`, { headers });
      assert.equal(answer.status, 200, path);
      return await answer.text();
    };
    const told = {
      'docker inspect': await docker(['inspect', ...ids, ...images]),
      'docker history': (await Promise.all(images.map((id) => docker(['history', '--no-trunc', id])))).join('\n'),
      'docker compose config': await demo.project.compose('config'),
      'docker compose logs': await demo.project.compose('logs'),
      'docker compose top': await demo.project.compose('top'),
      // It fails as long as a service isn't ready, as after the restore.
      'connector status': await waitUntil('all to be ready', () => demo.project.connector('status', '--json')),
      'the front page': await page('/'),
      'the dashboard': (await page('/queues/')) + (await page('/queues/api/queues')),
      'the figures': await page('/metrics'),
    };
    assert.match(told['docker compose logs'], /"service":"pusher"/);
    assert.match(told['the dashboard'], /account-updates/);
    for (const [where, text] of Object.entries(told))
      for (const [name, secret] of Object.entries(demo.secrets))
        assert.ok(!text.includes(secret), `${where} has ${name}`);
  });
});
