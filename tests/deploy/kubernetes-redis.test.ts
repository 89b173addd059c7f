/** deploy/kubernetes/redis is the Redis of docker-compose.yml, and the one that the configuration looks for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { deployment, manifestsFolder, readFile, readObjects, selects, service } from './manifests.ts';

const file = `${manifestsFolder}/redis/redis.yaml`;
const objects = readObjects();
const find = (kind: string) =>
  objects.find((object) => object.file === file && object.kind === kind) ?? assert.fail(`no ${kind} in ${file}`);

const container = z.looseObject({ image: z.string(), command: z.array(z.string()) });
const podSpec = z.looseObject({ containers: z.tuple([container]) });
const statefulSet = z.looseObject({ spec: z.looseObject({ template: z.looseObject({ spec: podSpec }) }) });
const configMap = z.looseObject({ data: z.record(z.string(), z.string()) });
const composeFile = z.looseObject({ services: z.looseObject({ redis: container }) });
const podSelector = z.object({ matchLabels: z.record(z.string(), z.string()) });
const ingress = z.looseObject({ from: z.tuple([z.object({ podSelector })]) });
const networkPolicy = z.looseObject({ spec: z.looseObject({ podSelector, ingress: z.tuple([ingress]) }) });

test('Redis on Kubernetes has the settings, the image and the command of the one of docker compose', () => {
  assert.equal(configMap.parse(find('ConfigMap')).data['redis.conf'], readFile('containers/redis.conf'));
  const [{ image, command }] = statefulSet.parse(find('StatefulSet')).spec.template.spec.containers;
  const { redis } = composeFile.parse(parse(readFile('docker-compose.yml'), { merge: true })).services;
  assert.equal(image, redis.image);
  const words = redis.command.map((word) => word.replaceAll('$$', '$')); // Compose would take $ for a variable
  assert.deepEqual(command, words);
});

test('Redis on Kubernetes is found by the name in connector.containers.yaml, and by our pods alone', () => {
  const { metadata, spec } = service.parse(find('Service'));
  const url = /^ *url: (redis:.*)$/m.exec(readFile('connector.containers.yaml'))?.[1];
  assert.equal(url, `redis://${metadata.name}:${spec.ports[0]?.port}`);
  const policy = networkPolicy.parse(find('NetworkPolicy')).spec;
  assert.deepEqual(policy.podSelector.matchLabels, spec.selector);
  const [{ from }] = policy.ingress;
  const ours = objects.filter(({ kind }) => kind === 'Deployment').map((object) => deployment.parse(object));
  assert.equal(ours.length, 4);
  for (const each of ours) assert.ok(selects(from[0].podSelector.matchLabels, each.spec.template.metadata.labels));
});
