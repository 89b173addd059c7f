/** deploy/kubernetes: what the manifests say of our services, their files and each other is so. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { parseConfiguration } from '@connector/shared/configuration.ts';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  autoscaler,
  deployment,
  disruptionBudget,
  kustomizationFiles,
  manifestFiles,
  manifestsFolder,
  readFile,
  readKustomization,
  readObjects,
  selects,
  service,
} from './manifests.ts';

const root = resolve(import.meta.dirname, '../..');
const names = ['watcher', 'reconciler', 'pusher', 'console'] as const;
const objects = readObjects();
const ofKind = <T>(kind: string, schema: z.ZodType<T>): T[] =>
  objects.filter((object) => object.kind === kind).map((object) => schema.parse(object));
const deployments = ofKind('Deployment', deployment);
const services = ofKind('Service', service);

/** The ports that the code listens on unless it is told otherwise. */
const { http } = parseConfiguration(
  readFile('connector.containers.yaml').replaceAll('/run/secrets', join(root, 'demo/containers/secrets')),
  {
    file: join(root, 'connector.containers.yaml'),
    environment: {},
  },
);

describe('the manifests', () => {
  test('are all named by a kustomization, and what that names is there', () => {
    assert.equal(kustomizationFiles.length, 4);
    const named = kustomizationFiles.flatMap((path) => {
      const { resources, components } = readKustomization(path);
      return [...resources, ...components].map((each) => join(dirname(path), each));
    });
    for (const path of named) assert.ok(existsSync(join(root, path)), path);
    const others = ['kustomization.yaml', 'prometheus-adapter.yaml'];
    for (const path of manifestFiles)
      if (!others.some((name) => path.endsWith(`/${name}`))) assert.ok(named.includes(path), path);
  });

  test('have no two objects of one kind and name', () => {
    const all = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    assert.deepEqual(all.sort(), [...new Set(all)].sort());
  });
});

describe('the services on Kubernetes', () => {
  test('are those that there are', () => {
    assert.deepEqual(deployments.map(({ metadata }) => metadata.name).sort(), [...names].sort());
  });

  test('differ in nothing but their names and ports', () => {
    const plain = names.map((name) => {
      const text = readFile(`${manifestsFolder}/connector/${name}.yaml`);
      const [workload = '', budget = ''] = text.split('\n---\n');
      return (workload + budget)
        .replace(/^#.*\n/, '')
        .replaceAll(name, 'NAME')
        .replaceAll(String(http[name]), 'PORT');
    });
    for (const each of plain) assert.equal(each, plain[0]);
  });

  for (const name of names) {
    const workload = deployments.find(({ metadata }) => metadata.name === name);
    assert.ok(workload, name);
    const { template, selector } = workload.spec;
    const { spec: pod } = template;
    const [container] = pod.containers;

    test(`${name}: its command is a file, and its port the one it listens on`, () => {
      const [node, path = ''] = container.command;
      assert.equal(node, 'node');
      assert.equal(path, `services/${name}/src/main.ts`);
      assert.ok(existsSync(join(root, path)));
      assert.deepEqual(container.ports, [{ name: 'http', containerPort: http[name] }]);
    });

    test(`${name}: only its own death kills it, and whatever it waits for only makes it unready`, () => {
      const { startupProbe, livenessProbe, readinessProbe } = container;
      for (const { httpGet } of [startupProbe, livenessProbe])
        assert.deepEqual(httpGet, { path: '/healthz', port: 'http' });
      assert.deepEqual(readinessProbe.httpGet, { path: '/readyz', port: 'http' });
    });

    test(`${name}: it may do nothing that it needn't`, () => {
      const { securityContext, volumeMounts } = container;
      assert.deepEqual(pod.securityContext, {
        runAsNonRoot: true,
        runAsUser: 1000, // "node" in the image that Dockerfile.base starts from
        runAsGroup: 1000,
        fsGroup: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      assert.match(readFile('Dockerfile.base'), /^USER node$/m);
      assert.deepEqual(securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      for (const mount of volumeMounts) assert.equal(mount['readOnly'], true, mount.name);
      assert.equal(pod.automountServiceAccountToken, false);
      assert.equal(pod.enableServiceLinks, false, 'Kubernetes would set variables such as CONNECTOR_PORT');
    });

    test(`${name}: it has the time that it takes to end`, () => {
      assert.ok(pod.terminationGracePeriodSeconds > 10);
    });

    test(`${name}: configuration and secrets are where the image and the configuration look for them`, () => {
      const mounted = new Map(container.volumeMounts.map((mount) => [mount.name, mount.mountPath]));
      assert.deepEqual(Object.fromEntries(mounted), { configuration: '/etc/connector', secrets: '/run/secrets' });
      assert.match(readFile('Dockerfile.base'), /CONNECTOR_CONFIG=\/etc\/connector\/connector\.yaml\b/);
      const sources = pod.volumes.map(({ configMap, secret }) => configMap?.name ?? secret?.secretName);
      assert.deepEqual(sources, ['connector', 'connector']);
    });

    test(`${name}: its selector, its budget and its Service choose its pods and no others`, () => {
      const budgets = ofKind('PodDisruptionBudget', disruptionBudget).filter((each) =>
        selects(each.spec.selector.matchLabels, template.metadata.labels),
      );
      assert.equal(budgets.length, 1);
      assert.equal(budgets[0]?.spec.maxUnavailable, 1);
      assert.equal(budgets[0]?.spec.unhealthyPodEvictionPolicy, 'AlwaysAllow');
      const own = services.filter((each) => selects(each.spec.selector, template.metadata.labels));
      assert.deepEqual(
        own.map(({ metadata }) => metadata.name),
        [name],
      );
      assert.deepEqual(own[0]?.spec.ports, [{ name: 'http', port: http[name], targetPort: 'http' }]);
      assert.equal(own[0]?.metadata.annotations['prometheus.io/port'], String(http[name]));
      assert.equal(own[0]?.metadata.annotations['prometheus.io/path'], '/metrics');
      for (const other of deployments)
        assert.equal(
          selects(selector.matchLabels, other.spec.template.metadata.labels),
          other === workload,
          other.metadata.name,
        );
    });
  }

  test('more of each than one, so that one can go', () => {
    for (const { metadata, spec } of deployments) assert.ok(spec.replicas >= 2, metadata.name);
  });
});

describe('what an administrator adds on Kubernetes', () => {
  const example = readKustomization(`${manifestsFolder}/example/kustomization.yaml`);

  test('is what docker compose takes: connector.yaml, and every secret that it names', () => {
    const compose = z
      .looseObject({ secrets: z.record(z.string(), z.unknown()) })
      .parse(parse(readFile('docker-compose.yml'), { merge: true }));
    const named = [...readFile('connector.containers.yaml').matchAll(/\/run\/secrets\/(\S+)/g)].map(([, file]) => file);
    const given = example.secretGenerator.flatMap(({ files }) => files);
    assert.deepEqual(
      given.toSorted(),
      Object.keys(compose.secrets)
        .map((file) => `secrets/${file}`)
        .sort(),
    );
    assert.deepEqual(given.toSorted(), named.map((file) => `secrets/${file}`).sort());
    assert.deepEqual(example.configMapGenerator, [{ name: 'connector', files: ['connector.yaml'] }]);
    assert.deepEqual(
      example.secretGenerator.map(({ name }) => name),
      ['connector'],
    );
  });

  test('goes into the namespace of the services, and names their image', () => {
    const { namespace } = readKustomization(`${manifestsFolder}/connector/kustomization.yaml`);
    assert.equal(example.namespace, namespace);
    assert.ok(objects.some(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace));
    const [image] = example.images;
    for (const { spec } of deployments) assert.equal(spec.template.spec.containers[0].image, `${image?.name}:local`);
  });
});

describe('autoscaling on Kubernetes', () => {
  const folder = `${manifestsFolder}/autoscaling`;
  const autoscalers = ofKind('HorizontalPodAutoscaler', autoscaler);

  test('is for reconcilers and pushers, and leaves their number to it alone', () => {
    const targets = autoscalers.map(({ spec }) => spec.scaleTargetRef);
    assert.deepEqual(
      targets,
      ['reconciler', 'pusher'].map((name) => ({ apiVersion: 'apps/v1', kind: 'Deployment', name })),
    );
    for (const { spec } of autoscalers) assert.ok(spec.minReplicas >= 2);
    const [patch] = readKustomization(`${folder}/kustomization.yaml`).patches;
    assert.deepEqual(patch?.target, { kind: 'Deployment', name: targets.map(({ name }) => name).join('|') });
    assert.match(patch?.patch ?? '', /op: remove, path: \/spec\/replicas/);
  });

  test('goes by figures that these services have, and that the adapter knows', () => {
    const adapter = z
      .object({ externalRules: z.tuple([z.looseObject({ seriesQuery: z.string() })]) })
      .parse(parse(readFile(`${folder}/prometheus-adapter.yaml`)));
    const pattern = /__name__=~"([^"]+)"/.exec(adapter.externalRules[0].seriesQuery)?.[1] ?? assert.fail();
    for (const { spec } of autoscalers) {
      const { name } = spec.metrics[0].external.metric;
      assert.match(name, new RegExp(pattern));
      const told = readFile('services/console/src/figures/figure-metrics.ts');
      assert.ok(told.includes(`name: '${name}'`), `the console has no ${name}`);
    }
  });
});
