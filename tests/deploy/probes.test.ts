/** The probes of deploy/kubernetes, asked of our services as these start there: with nothing else there yet. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { Program } from '../support/child-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { deployment, readObjects } from './manifests.ts';

const root = resolve(import.meta.dirname, '../..');
const deployments = readObjects()
  .filter(({ kind }) => kind === 'Deployment')
  .map((object) => deployment.parse(object));

const told = z.object({ address: z.object({ address: z.string(), port: z.number() }) });

/** Where a service listens, once it has told. */
function originIn(lines: readonly string[]): string | undefined {
  const line = lines.find((each) => each.includes('"address"'));
  if (line === undefined) return undefined;
  const { address, port } = told.parse(JSON.parse(line)).address;
  return `http://${address}:${port}`;
}

test('a service that waits for everything passes the probes that would kill it, and fails the one for readiness', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'probes-'));
  t.after(() => rm(folder, { recursive: true }));
  const configuration = join(folder, 'connector.yaml');
  const directory = { id: 'corp', urls: ['ldaps://dc.invalid'], bindDn: 'CN=x', bindPassword: 'x' };
  const lastpass = { cid: 1, provhash: 'x' };
  await writeFile(
    configuration,
    JSON.stringify({ directories: [directory], lastpass, redis: { url: 'redis://127.0.0.1:1' } }),
  );
  assert.equal(deployments.length, 4);
  for (const { metadata, spec } of deployments) {
    const [{ command, ...probes }] = spec.template.spec.containers;
    const [, ...args] = command;
    await using program = new Program({
      command: process.execPath,
      args,
      cwd: root,
      env: { CONNECTOR_CONFIG: configuration, CONNECTOR_PORT: '0', CONNECTOR_HOST: '127.0.0.1' },
    });
    const origin = await waitUntil(`the ${metadata.name} to listen`, () => originIn(program.lines), {
      withinMs: 45_000,
    });
    const statusOf = async ({ httpGet }: { httpGet: { path: string } }) => (await fetch(origin + httpGet.path)).status;
    assert.equal(await statusOf(probes.startupProbe), 200, metadata.name);
    assert.equal(await statusOf(probes.livenessProbe), 200, metadata.name);
    assert.equal(await statusOf(probes.readinessProbe), 503, metadata.name);
  }
});
