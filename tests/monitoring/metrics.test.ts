/** All services, scraped by a real Prometheus: what docs/metrics.md tells is what they tell, and what rules and dashboard ask is answered. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { addressOf, recovered } from '../faults/service-report.ts';
import { Prometheus, promtool } from '../support/prometheus.ts';
import { Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { documentedMetrics, ownLines, scrapedMetrics, services } from './metrics-document.ts';

const monitoring = resolve(import.meta.dirname, '../../deploy/monitoring');
const read = (file: string) => readFileSync(join(monitoring, file), 'utf8');
const rules = z
  .object({ groups: z.array(z.object({ rules: z.array(z.looseObject({ alert: z.string(), expr: z.string() })) })) })
  .parse(parse(read('alerts.yml')))
  .groups.flatMap((group) => group.rules);
const panels = z
  .object({
    panels: z.array(
      z.looseObject({ title: z.string(), targets: z.array(z.looseObject({ expr: z.string() })).default([]) }),
    ),
    annotations: z.object({ list: z.array(z.looseObject({ expr: z.string() })) }),
  })
  .parse(JSON.parse(read('grafana/dashboards/connector.json')));
/** As Grafana would fill it in where the connector is scraped each second. */
const filledIn = (expression: string) => expression.replaceAll('$__rate_interval', '5m');

describe('the metrics of all services', { timeout: 280_000 }, () => {
  let stack: Stack;
  let prometheus: Prometheus;
  const scrape = async (service: string) => {
    const answer = await fetch(`${await addressOf(stack.service(service))}/metrics`);
    assert.equal(answer.status, 200, service);
    return await answer.text();
  };
  /** The count of changes in the histogram. */
  const changesTold = async () =>
    Number(/^connector_change_latency_seconds_count (\d+)$/m.exec(await scrape('pusher'))?.[1]);
  const createPerson = async (name: string) => {
    await stack.admin.createUser({ name, ou: `OU=People,${stack.domain.baseDn}`, mail: `${name}@example.com` });
    const { simulator } = stack;
    const isThere = async () =>
      (await simulator.state()).users.some(({ username }) => username === `${name}@example.com`);
    await waitUntil(`${name} at LastPass`, isThere, { withinMs: 60_000 });
  };

  before(async () => {
    stack = await Stack.create({ policy: { memberships: 'none' }, lastpass: { licences: 1_000 } });
    await stack.admin.createOu({ name: 'People' });
    for (const name of services) stack.start(name);
    for (const name of services) await recovered(stack.service(name), { withinMs: 90_000 });
    const targets = await Promise.all(
      services.map(async (name) => [name, [new URL(await addressOf(stack.service(name))).host]] as const),
    );
    prometheus = await Prometheus.create({
      dir: join(stack.dir, 'prometheus'),
      targets: Object.fromEntries(targets),
      ruleFiles: [join(monitoring, 'alerts.yml')],
    });
    await createPerson('first.person');
    await stack.quiet();
  });
  after(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    await stack?.[Symbol.asyncDispose]();
  });

  test('the histogram of latencies counts a change that goes to LastPass, once, by how long it took', async () => {
    const counted = await changesTold();
    const fromMs = performance.now();
    await createPerson('second.person');
    await waitUntil('it to be counted', async () => (await changesTold()) > counted);
    await stack.quiet();
    const withinMs = performance.now() - fromMs;
    assert.equal(await changesTold(), counted + 1);
    const sum = Number(/^connector_change_latency_seconds_sum (\S+)$/m.exec(await scrape('pusher'))?.[1]);
    assert.ok(sum > 0 && counted <= 1 && sum * 1_000 < withinMs + 60_000, `${sum} s`);
  });

  test('every metric of docs/metrics.md is told by the services that it names, with its type and labels, and no other is', async () => {
    const documented = documentedMetrics();
    for (const service of services) {
      const expected = documented.filter(({ by }) => by.includes(service)).map(({ by: _, ...metric }) => metric);
      const told = scrapedMetrics(await scrape(service));
      const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
      assert.deepEqual(
        told.filter(({ hasValue }) => !hasValue),
        [],
        `${service}: without a value`,
      );
      assert.deepEqual(
        told.map(({ hasValue: _, ...metric }) => metric).sort(byName),
        [...expected].sort(byName),
        service,
      );
    }
    assert.ok(documented.length > 40);
  });

  test('their names, units and helps keep to Prometheus’ conventions', async () => {
    for (const service of services) await promtool(['check', 'metrics'], ownLines(await scrape(service)));
  });

  test('no figure names anybody', async () => {
    for (const service of services) {
      const figures = (await scrape(service)).split('\n').filter((line) => !line.startsWith('#'));
      assert.doesNotMatch(figures.join('\n'), /@|(first|second)\.person|[0-9a-f]{8}-[0-9a-f]{4}-/i, service);
    }
  });

  test('Prometheus scrapes every service, and what is told of the whole is told once', async () => {
    await waitUntil('all to be scraped', async () => (await prometheus.query('up == 1')).length === services.length);
    const [linked, ...more] = await waitUntil('two linked people', async () => {
      const found = await prometheus.query('connector_people_linked');
      return found[0]?.value === 2 ? found : null;
    });
    assert.equal(linked?.labels['service'], 'console');
    assert.deepEqual(more, []);
  });

  test('each alert’s expression is valid, and none fires while all is well', async () => {
    assert.ok(rules.length > 20);
    for (const { expr } of rules) await prometheus.query(expr);
    assert.deepEqual(await prometheus.query('ALERTS{alertstate="firing"}'), []);
  });

  test('each panel of the dashboard is answered with data', async () => {
    const expressions = panels.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));
    assert.ok(expressions.length > 35);
    for (const { title, expr } of expressions)
      await waitUntil(`data for "${title}": ${expr}`, async () => (await prometheus.query(filledIn(expr))).length > 0);
    for (const { expr } of panels.annotations.list) await prometheus.query(expr);
  });

  test('of two watchers one tells that it is the active one, and the other when that one is gone', async () => {
    const second = stack.start('watcher', { replica: '2' });
    await recovered(second);
    const activity = async (service: string) =>
      /^connector_watcher_active\{directory="corp"\} ([01])$/m.exec(await scrape(service))?.[1];
    assert.deepEqual([await activity('watcher'), await activity('watcher2')], ['1', '0']);
    await stack.stop('watcher');
    await waitUntil('the other one to be active', async () => (await activity('watcher2')) === '1');
    await stack.stop('watcher2');
    stack.start('watcher');
    await recovered(stack.service('watcher'), { withinMs: 60_000 });
  });

  test('a connection to the domain controller that breaks is counted, and so are the tries until there is another one', async () => {
    const counted = async (outcome: string) => {
      const line = new RegExp(
        `^connector_ldap_connections_total\\{directory="corp",outcome="${outcome}"\\} (\\d+)$`,
        'm',
      );
      return Number(line.exec(await scrape('watcher'))?.[1] ?? 0);
    };
    const before = await waitUntil('a connection', () => counted('ok'));
    await stack.domain.stop();
    await waitUntil('a try in vain', async () => (await counted('unreachable')) > 0, { withinMs: 60_000 });
    assert.match(await scrape('watcher'), /^connector_ldap_connections_lost_total\{directory="corp"\} [1-9]/m);
    await stack.domain.start();
    await waitUntil('another connection', async () => (await counted('ok')) > before, { withinMs: 60_000 });
  });

  test('a Redis that has fallen silent keeps no scrape waiting', async () => {
    const { redis } = stack.store;
    await redis.call('CLIENT', 'PAUSE', '8000', 'ALL');
    let isSilent = true;
    const answered = redis.ping().finally(() => {
      isSilent = false;
    });
    const told = await Promise.all(services.map(scrape));
    assert.ok(isSilent, 'the scrapes waited for Redis');
    for (const [index, text] of told.entries()) assert.match(text, /^connector_redis_up 0$/m, services[index]);
    await answered;
  });

  test('without Redis every scrape is answered: what can’t be known is missing, and the rest is there', async () => {
    await stack.redis.stop();
    for (const service of services) {
      const text = await waitUntil(
        `${service} to tell that Redis is away`,
        async () => {
          const told = await scrape(service);
          return /^connector_redis_up 0$/m.test(told) ? told : null;
        },
        { withinMs: 45_000 },
      );
      const missing = scrapedMetrics(text).filter(({ hasValue }) => !hasValue);
      const ofWhole = documentedMetrics().filter(({ by }) => by.includes('console') && by.length === 1);
      assert.equal(missing.length, service === 'console' ? ofWhole.length : 0, service);
      assert.match(text, /^process_cpu_seconds_total /m);
    }
    await stack.redis.start();
    await waitUntil(
      'the figures to be back',
      async () => /^connector_people_linked 2$/m.test(await scrape('console')),
      {
        withinMs: 60_000,
      },
    );
  });
});
