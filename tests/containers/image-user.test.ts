/** Who runs in the image: Kubernetes wants that as a number, to be sure that it isn't root. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, readObjects } from '../deploy/manifests.ts';
import { ComposeProject, testImage } from './compose-project.ts';
import { docker } from './docker.ts';

test('the user of the image has the numbers that the Kubernetes manifests give', async () => {
  await using project = await ComposeProject.create();
  await project.compose('build', '--quiet', 'configuration');
  const numbers = await docker(['run', '--rm', '--entrypoint', 'sh', testImage, '-c', 'id -u; id -g']);
  const [user, group] = numbers.trim().split('\n').map(Number);
  const deployments = readObjects().filter(({ kind }) => kind === 'Deployment');
  assert.equal(deployments.length, 4);
  for (const each of deployments) {
    const { runAsUser, runAsGroup, fsGroup } = deployment.parse(each).spec.template.spec.securityContext;
    assert.deepEqual({ runAsUser, runAsGroup, fsGroup }, { runAsUser: user, runAsGroup: group, fsGroup: group });
  }
});
