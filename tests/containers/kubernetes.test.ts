/**
 * What docs/scaling.md has people type for Kubernetes, with a kubectl of our day (Debian 13's). No Kubernetes runs here: what answers it is
 * tests/deploy/kubernetes-api.ts. Commands in a pod run in a container as the pod describes it: its image, user, walls and files.
 */
import assert from 'node:assert/strict';
import { chmod, chown, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { z } from 'zod';
import { KubernetesApi, type KubernetesObject } from '../deploy/kubernetes-api.ts';
import { problemsOf } from '../deploy/kubernetes-types.ts';
import { podSpec } from '../deploy/manifests.ts';
import { sectionOf } from '../docs/markdown.ts';
import { scriptOf } from '../docs/shell-script.ts';
import { Program } from '../support/child-process.ts';
import { freePort } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { ComposeProject, testImage } from './compose-project.ts';
import { docker, runDocker } from './docker.ts';
import { productionHome } from './production-home.ts';

const root = resolve(import.meta.dirname, '../..');
const kubectlImage = 'connector-test-kubectl';
const kubectlDockerfile = `FROM debian:trixie-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends kubectl >/dev/null && rm -rf /var/lib/apt/lists/*
`;

async function newFolder(t: TestContext, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

before(async () => {
  await using project = await ComposeProject.create();
  await project.compose('build', '--quiet');
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
  await writeFile(join(folder, 'Dockerfile'), kubectlDockerfile);
  await docker(['build', '--quiet', '--tag', kubectlImage, folder]);
  await rm(folder, { recursive: true });
});

const files = z.object({ data: z.record(z.string(), z.string()) });

/** Runs a command in a container as a pod's only one is, without a network. */
async function inContainer(t: TestContext, api: KubernetesApi, pod: KubernetesObject, command: readonly string[]) {
  const { containers, volumes, securityContext: user } = podSpec.parse(pod['spec']);
  const [{ image, volumeMounts, securityContext: walls }] = containers;
  const mounts = await Promise.all(
    volumeMounts.map(async ({ name, mountPath }) => {
      const volume = volumes.find((each) => each.name === name);
      const { configMap, secret } = volume ?? assert.fail(`no volume ${name}`);
      const [kind, source] = configMap ? ['ConfigMap', configMap.name] : ['Secret', secret?.secretName];
      const { data } = files.parse(api.find(kind, source), { reportInput: true });
      const folder = await newFolder(t, 'volume');
      await chmod(folder, 0o755);
      for (const [file, text] of Object.entries(data)) {
        await writeFile(join(folder, file), text, secret ? 'base64' : 'utf8');
        await chown(join(folder, file), 0, user.fsGroup);
        await chmod(join(folder, file), secret?.defaultMode ?? 0o644);
      }
      return `--volume=${folder}:${mountPath}:ro`;
    }),
  );
  const confined = [
    ...['--network=none', `--user=${user.runAsUser}:${user.runAsGroup}`, '--security-opt=no-new-privileges'],
    ...walls.capabilities.drop.map((name) => `--cap-drop=${name}`),
    ...(walls.readOnlyRootFilesystem ? ['--read-only'] : []),
  ];
  const { code, output } = await runDocker(['run', '--rm', ...confined, ...mounts, image, ...command]);
  return { code: code ?? 1, output: `${output}\n` };
}

test('what docs/scaling.md has people type for Kubernetes makes every object, and reaches a console that has its files', async (t) => {
  const clone = await newFolder(t, 'clone');
  const home = await productionHome(t);
  const api: KubernetesApi = await KubernetesApi.create({
    execute: (pod, command) => inContainer(t, api, pod, command),
  });
  t.after(() => api[Symbol.asyncDispose]());
  for (const name of ['deploy', 'connector.containers.yaml'])
    await cp(join(root, name), join(clone, name), { recursive: true });
  /** kubectl of the image, in the folder where it is typed; `connector` gives 1 there, as it reaches nobody. */
  const here = `kubectl() {
    docker run --rm --network=host --volume="${clone}:${clone}" --workdir="$PWD" ${kubectlImage} kubectl --server=${api.url} "$@" ||
      case " $* " in *" -- connector "*) [ $? = 1 ] ;; *) false ;; esac
  }\n`;
  const type = async (script: string, cwd: string) => {
    await using bash = new Program({ command: 'bash', args: ['-euo', 'pipefail', '-c', here + script], cwd });
    assert.equal(await bash.ended, 0, bash.output);
    return bash.output;
  };

  const page = scriptOf(sectionOf(await readFile(join(root, 'docs/scaling.md'), 'utf8'), 'Kubernetes'));
  const text = page.replace(/^cd \.\.\/\.\.\/\.\.[\s\S]*/m, ''); // tests/deploy/back-up.test.ts types that
  const [building, preparing = '', applying = '', ...others] = text.split(/^(?=cp -r|kubectl )/m);
  assert.match(building ?? '', /^docker build .* && docker push .*\n$/); // tried in production.test.ts and swarm.test.ts
  await type(preparing, clone);
  const mine = join(clone, 'deploy/kubernetes/production');
  await cp(join(home, 'secrets'), join(mine, 'secrets'), { recursive: true });
  const kustomization = await readFile(join(mine, 'kustomization.yaml'), 'utf8');
  const [newName, newTag] = testImage.split(':');
  const image = kustomization.replace(/newName: .*/, `newName: ${newName}`).replace(/newTag: .*/, `newTag: ${newTag}`);
  await writeFile(join(mine, 'kustomization.yaml'), image);

  const made = (await type(applying, mine)).trim().split('\n');
  assert.equal(made.length, api.objects.length);
  for (const line of made) assert.match(line, / created$/);
  assert.equal(await problemsOf(api.objects), '');
  const before = JSON.stringify(api.objects);
  assert.doesNotMatch(await type(applying, mine), / created$/m);
  assert.equal(JSON.stringify(api.objects), before, 'applied again, it changes nothing');

  const forwarding = others.pop() ?? '';
  const told = await type(others.join(''), mine);
  for (const end of ['Redis', 'directory corp', 'LastPass'])
    assert.match(told, new RegExp(`^failure {2}${end}: .*(?:EAI_AGAIN|DNS)`, 'm'));
  assert.equal(told.match(/^connector: Redis at redis:6379 can't be reached/gm)?.length, 2, told); // by preview and status

  const port = await freePort();
  const args = ['60', 'bash', '-c', `${here}${forwarding.replace(' 8080', ` ${port}:8080`)}`];
  await using forwarded = new Program({ command: 'timeout', args, cwd: mine }); // which ends all of them, as Ctrl-C does
  await waitUntil('the port to be forwarded', () => {
    if (!forwarded.running) throw new Error(forwarded.output);
    return forwarded.output.includes(`Forwarding from 127.0.0.1:${port} -> 8080`);
  });
  assert.deepEqual(api.forwarded, ['console-0']);
  await type('kubectl -n connector rollout restart deployment', mine);
  for (const object of api.list('Deployment')) assert.match(JSON.stringify(object), /restartedAt/);
});
