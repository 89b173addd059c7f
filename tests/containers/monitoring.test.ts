/** The profile "monitoring": Prometheus finds every replica, has the alerts, and nobody but this machine reaches it. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { waitUntil } from '../support/wait-until.ts';
import { ComposeProject } from './compose-project.ts';
import { productionHome } from './production-home.ts';

const ownImages = resolve(import.meta.dirname, 'monitoring.yml');
const targets = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({ health: z.string(), lastError: z.string(), labels: z.looseObject({ service: z.string() }) }),
    ),
  }),
});
const rules = z.object({
  data: z.object({ groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), health: z.string() })) })) }),
});

test('with the profile "monitoring" Prometheus scrapes every replica of every service, and evaluates every alert', async (t) => {
  const env = { CONNECTOR_HOME: await productionHome(t) };
  const project = await ComposeProject.create({ profile: 'monitoring', file: ownImages, env });
  t.after(() => project[Symbol.asyncDispose]());
  await project.compose('build', '--quiet');
  await project.compose('up', '--detach', '--wait', '--scale', 'pusher=2');
  const origin = `http://${await project.published('prometheus', 9090)}`;
  assert.match(origin, /^http:\/\/127\.0\.0\.1:/);
  assert.match(await project.published('grafana', 3000), /^127\.0\.0\.1:/);
  const ask = async (path: string) => await (await fetch(`${origin}/api/v1/${path}`)).json();
  await waitUntil(
    'all to be scraped',
    async () => {
      const { activeTargets } = targets.parse(await ask('targets')).data;
      const told = activeTargets.map(({ labels, health, lastError }) =>
        `${labels.service} ${health} ${lastError}`.trim(),
      );
      assert.deepEqual(told.sort(), ['console up', 'pusher up', 'pusher up', 'reconciler up', 'watcher up']);
      return true;
    },
    { withinMs: 60_000 },
  );
  await waitUntil(
    'all alerts to be evaluated',
    async () => {
      const evaluated = rules.parse(await ask('rules')).data.groups.flatMap((group) => group.rules);
      assert.ok(evaluated.length > 20);
      assert.deepEqual(
        evaluated.filter(({ health }) => health !== 'ok'),
        [],
      );
      return true;
    },
    { withinMs: 60_000 },
  );
});
