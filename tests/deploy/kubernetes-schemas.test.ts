/** deploy/kubernetes is what the schemas of Kubernetes describe. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf } from './kubernetes-types.ts';
import { readObjects } from './manifests.ts';

const objects = readObjects().map(({ file: _, ...object }) => object);

test('every manifest is what the schemas of Kubernetes describe, to the last key', async () => {
  const kinds = new Set(objects.map(({ kind }) => kind));
  assert.ok(kinds.has('Deployment') && kinds.has('PodDisruptionBudget') && kinds.has('HorizontalPodAutoscaler'));
  assert.equal(await problemsOf(objects), '');
});

test('a misspelt key, a value of another type and a missing key are noticed', async () => {
  const selector = {};
  const template = {};
  const specs = {
    right: { selector, template, replicas: 2 },
    misspelt: { selector, template, replica: 2 },
    'of-another-type': { selector, template, replicas: '2' },
    incomplete: { template, replicas: 2 },
  };
  const problems = await problemsOf(
    Object.entries(specs).map(([name, spec]) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec,
    })),
  );
  assert.match(problems, /Deployment-misspelt\.ts.*"replica"/);
  assert.match(problems, /Deployment-of-another-type\.ts.*'string' is not assignable to type 'number'/);
  assert.match(problems, /Deployment-incomplete\.ts.*'selector' is missing/);
  assert.doesNotMatch(problems, /Deployment-right/);
});
