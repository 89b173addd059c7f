/** docs/connector@.service, as far as it can be tried without systemd: its command line, and its end. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { Program } from '../support/child-process.ts';
import { waitUntil } from '../support/wait-until.ts';

const root = resolve(import.meta.dirname, '../..');
const services = ['watcher', 'reconciler', 'pusher', 'console'];

test('every service starts as the unit says, and ends in good order at SIGTERM', async (t) => {
  const unit = await readFile(join(root, 'docs/connector@.service'), 'utf8');
  const settingOf = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? assert.fail(`no ${key}`);
  const names = /^# One unit for each service: systemctl enable --now (.*)$/m.exec(unit)?.[1] ?? '';
  assert.deepEqual(
    names.split(' '),
    services.map((name) => `connector@${name}`),
  );
  const folder = await mkdtemp(join(tmpdir(), 'unit-'));
  t.after(() => rm(folder, { recursive: true }));
  const configuration = join(folder, 'connector.yaml');
  const directory = { id: 'corp', urls: ['ldaps://dc.invalid'], bindDn: 'CN=x', bindPassword: 'x' };
  const lastpass = { cid: 1, provhash: 'x' };
  await writeFile(
    configuration,
    JSON.stringify({ directories: [directory], lastpass, redis: { url: 'redis://127.0.0.1:1' } }),
  );
  const [variable = '', path] = settingOf('Environment').split('=');
  assert.equal(path, '/etc/connector/connector.yaml');
  for (const name of services) {
    const [command = '', ...args] = settingOf('ExecStart')
      .replaceAll('%i', name)
      .replaceAll('/opt/connector', root)
      .split(' ');
    await using program = new Program({
      command,
      args,
      cwd: '/', // where systemd starts a service
      env: { [variable]: configuration, CONNECTOR_PORT: '0', INIT_CWD: undefined },
    });
    await waitUntil('the service to be up', () => program.output.includes(`the ${name} is up`), { withinMs: 45_000 });
    assert.equal(await program.stop(), 0, program.output);
  }
});
