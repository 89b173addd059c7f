/** What deploy/monitoring holds, looked at by promtool, and held to docs/metrics.md, docker-compose.yml and the configuration. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { parseConfiguration } from '@connector/shared/configuration.ts';
import { parse } from 'yaml';
import { z } from 'zod';
import { headingsOf } from '../docs/markdown.ts';
import { promtool } from '../support/prometheus.ts';
import { documentedMetrics, metricsDocument, services } from './metrics-document.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = 'deploy/monitoring';
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const rule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning', 'info']) }),
  annotations: z.strictObject({ summary: z.string().min(1), description: z.string().min(1), runbook_url: z.string() }),
});
const rules = z
  .object({ groups: z.array(z.object({ rules: z.array(rule) })) })
  .parse(parse(read(`${folder}/alerts.yml`)))
  .groups.flatMap((group) => group.rules);
const dashboard = z
  .object({
    panels: z.array(
      z.looseObject({
        title: z.string(),
        type: z.string(),
        description: z.string().optional(),
        gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
        datasource: z.object({ uid: z.string() }).optional(),
        targets: z.array(z.object({ expr: z.string() })).default([]),
      }),
    ),
  })
  .parse(JSON.parse(read(`${folder}/grafana/dashboards/connector.json`)));

test('promtool finds no fault with the configuration and the rules', async () => {
  await promtool(['check', 'config', join(root, folder, 'prometheus.yml')]);
  await promtool(['check', 'rules', '--lint-fatal', join(root, folder, 'alerts.yml')]);
});

test('alerts go where docs/metrics.md has people write it: in a file that Git ignores, and Prometheus reads', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'alertmanagers-'));
  try {
    for (const file of ['prometheus.yml', 'alerts.yml']) await cp(join(root, folder, file), join(dir, file));
    const check = () => promtool(['check', 'config', join(dir, 'prometheus.yml')]);
    const [, name = '', written = ''] =
      /`deploy\/monitoring\/(\S+)`[\s\S]*?```yaml\n([\s\S]*?)```/.exec(metricsDocument()) ?? [];
    assert.match(read('.gitignore'), new RegExp(`^/${folder}/${name}$`, 'm'));
    await writeFile(join(dir, name), written);
    await check();
    await writeFile(join(dir, name), '- targets: nowhere\n');
    await assert.rejects(check());
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('the rules do what their own tests say', async () => {
  const said = await promtool(['test', 'rules', join(root, folder, 'alerts.test.yml')]);
  assert.match(said, /SUCCESS/);
});

test('each alert has a test in which it fires, and one in which it does not', () => {
  const { tests } = z
    .object({
      tests: z.array(
        z.object({
          alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()).default([]) })),
        }),
      ),
    })
    .parse(parse(read(`${folder}/alerts.test.yml`)));
  const cases = tests.flatMap(({ alert_rule_test }) => alert_rule_test);
  for (const { alert } of rules) {
    const own = cases.filter(({ alertname }) => alertname === alert);
    assert.ok(
      own.some(({ exp_alerts }) => exp_alerts.length > 0),
      `${alert} never fires in a test`,
    );
    assert.ok(
      own.some(({ exp_alerts }) => exp_alerts.length === 0),
      `${alert} is never silent in a test`,
    );
  }
  assert.deepEqual(new Set(cases.map(({ alertname }) => alertname)), new Set(rules.map(({ alert }) => alert)));
});

test('each alert leads to a section of its own that tells what to do, and each such section is an alert’s', () => {
  for (const { alert, annotations } of rules) {
    const [file = '', heading = ''] = annotations.runbook_url.split('#');
    assert.ok(headingsOf(read(file)).has(heading), `${alert}: ${file} has no #${heading}`);
    assert.equal(heading, alert.toLowerCase());
  }
  const sections = metricsDocument().split(/^### /m).slice(1);
  assert.deepEqual(
    sections.map((section) => section.slice(0, section.indexOf('\n'))).sort(),
    rules.map(({ alert }) => alert).sort(),
  );
  for (const section of sections) assert.match(section, /^1\. \S/m, `what to do: ${section}`);
});

test('rules, dashboard and document ask for metrics that there are', () => {
  const names = new Set(
    documentedMetrics().flatMap(({ name, type }) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
    ),
  );
  const document = metricsDocument();
  const questions = document.slice(document.indexOf('## Questions'), document.indexOf('## Alerts'));
  const asked = [...rules.map(({ expr }) => expr), ...expressions().map(({ expr }) => expr), questions];
  for (const expression of asked)
    for (const [name] of expression.matchAll(/\bconnector_\w+/g))
      assert.ok(names.has(name), `${name} in ${expression}`);
});

const expressions = () =>
  dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));

test('what the console tells of the whole isn’t added up, for each of its replicas tells the same', () => {
  const ofWhole = documentedMetrics().filter(({ by }) => by.length === 1 && by[0] === 'console');
  for (const { name } of ofWhole)
    for (const expr of [...rules.map((each) => each.expr), ...expressions().map((each) => each.expr)])
      for (const [found] of expr.matchAll(new RegExp(`(?:sum|count|avg)[^()]*\\((?:\\w+\\()?${name}\\b`, 'g')))
        assert.fail(`${found} in ${expr}`);
});

test('the dashboard’s panels lie side by side, say what they show, and ask the data source that is provisioned', () => {
  const source = z
    .object({ datasources: z.tuple([z.looseObject({ uid: z.string(), url: z.string() })]) })
    .parse(parse(read(`${folder}/grafana/provisioning/datasources/prometheus.yaml`))).datasources[0];
  const taken = new Set<string>();
  for (const { title, type, description, datasource, gridPos, targets } of dashboard.panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.ok(x < 24 && !taken.has(`${x} ${y}`), `${title} lies on another one`);
        taken.add(`${x} ${y}`);
      }
    if (type === 'row') continue;
    assert.ok(description, title);
    assert.ok(targets.length > 0, title);
    assert.equal(datasource?.uid, source.uid, title);
  }
  assert.equal(source.url, 'http://prometheus:9090');
});

const composed = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string().optional(),
      user: z.string().optional(),
      profiles: z.array(z.string()).optional(),
      read_only: z.boolean().optional(),
      cap_drop: z.array(z.string()).optional(),
      networks: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
      ports: z.array(z.string()).optional(),
      volumes: z.array(z.string()).optional(),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});
const compose = composed.parse(parse(read('docker-compose.yml'), { merge: true }));

test('Prometheus asks every service of docker-compose.yml, by its name and at its port, for each of its replicas', () => {
  const { scrape_configs } = z
    .object({
      scrape_configs: z.tuple([
        z.looseObject({
          dns_sd_configs: z.array(
            z.looseObject({ names: z.tuple([z.string()]), port: z.number(), type: z.literal('A') }),
          ),
        }),
      ]),
    })
    .parse(parse(read(`${folder}/prometheus.yml`)));
  const asked = Object.fromEntries(scrape_configs[0].dns_sd_configs.map(({ names, port }) => [names[0], port]));
  const section = '{ id: corp, urls: [ldaps://dc1.example.com], bindDn: CN=svc, bindPassword: x }';
  const least = `directories: [${section}]\nlastpass: { cid: "1", provhash: x }\nredis: { url: redis://redis }\n`;
  const { host: _, ...ports } = parseConfiguration(least, { file: 'connector.yaml', environment: {} }).http;
  assert.deepEqual(asked, ports);
  assert.deepEqual(Object.keys(asked).sort(), [...services].sort());
  const networksOf = (name: string): string[] => {
    const { networks = [] } = compose.services[name] ?? {};
    return Array.isArray(networks) ? networks : Object.keys(networks);
  };
  const reached = networksOf('prometheus');
  for (const name of services)
    assert.ok(
      networksOf(name).some((each) => reached.includes(each)),
      name,
    );
});

test('Prometheus and Grafana run only when they are asked for, with few rights, of a named version, for this machine alone', () => {
  for (const name of ['prometheus', 'grafana']) {
    const service = compose.services[name];
    assert.ok(service, name);
    assert.deepEqual(service.profiles, ['monitoring']);
    assert.match(service.image ?? '', /:v?\d+\.\d+\.\d+$/);
    assert.deepEqual([service.read_only, service.cap_drop], [true, ['ALL']]);
    assert.match(service.user ?? 'root', /^(nobody|[1-9]\d*)$/);
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/);
    for (const volume of service.volumes ?? []) {
      const [from = '', , how] = volume.split(':');
      if (!from.startsWith('.')) assert.ok(from in compose.volumes, volume);
      else assert.ok(how === 'ro' && globSync(join(from, '*'), { cwd: root }).length > 0, volume);
    }
  }
  const providers = parse(read(`${folder}/grafana/provisioning/dashboards/connector.yaml`));
  const mounted = compose.services['grafana']?.volumes?.map((volume) => volume.split(':')[1]);
  assert.ok(mounted?.includes(providers.providers[0].options.path));
  assert.ok(mounted?.includes(dirname('/etc/grafana/provisioning/datasources')));
});
