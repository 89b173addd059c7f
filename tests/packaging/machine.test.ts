/**
 * The life of the package on a fresh machine: installed, run as its units say, upgraded in place while it runs, removed without trace.
 * Against the demo's domain with its 300 people.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import manifest from '../../package.json' with { type: 'json' };
import { waitUntil } from '../support/wait-until.ts';
import { build } from './build.ts';
import { consoleToken, PackedDemo, serviceNames } from './packed-demo.ts';

/** What dpkg, useradd and userdel keep for themselves: copies of before, and a log. */
const bookkeeping =
  /^\/(?:etc\/(?:passwd|shadow|group|gshadow|subuid|subgid)-|var\/lib\/dpkg\/status-old|var\/log\/dpkg\.log)$/;
/** Of systemd's scale up to 10, of which it calls 2 to 4.9 "OK". */
const mostExposed = 2.5;
const nextVersion = '9.9.9';

let folder: string;
let demo: PackedDemo;
let deb: string;
let nextDeb: Promise<string>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packed-'));
  const building = build({ out: folder });
  building.catch(() => undefined); // told below, once there is what has to be put away
  demo = await PackedDemo.create();
  deb = await building;
  nextDeb = build({ out: join(folder, 'next'), version: nextVersion });
  nextDeb.catch(() => undefined); // whoever needs it is told
});
after(async () => {
  await nextDeb?.catch(() => undefined);
  await demo?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const sh = (script: string) => demo.machine.sh(script);

test('it installs, starts nothing, and gives a user, a place for secrets and a configuration to begin with', async () => {
  assert.deepEqual(await demo.machine.ownPaths(/^$/), [], 'the machine is fresh');
  await demo.install(deb);
  assert.equal((await sh('connector --version')).trim(), `connector ${manifest.version}`);
  const entries = await sh('stat --format="%n %U:%G %a" /etc/connector /etc/connector/* && getent passwd connector');
  assert.match(
    entries,
    /^\/etc\/connector root:connector 750\n\/etc\/connector\/connector.yaml root:connector 640\n\/etc\/connector\/secrets root:connector 750\nconnector:x:.*:\/nonexistent:\/usr\/sbin\/nologin\n$/,
  );
});

test('its units are sound, and systemd rates each of them at most 2.5 of 10', async () => {
  await sh('systemctl enable connector.target 2>&1');
  for (const name of serviceNames) {
    const unit = `connector@${name}.service`;
    assert.equal(await sh(`systemd-analyze verify ${unit} connector.target 2>&1`), '');
    const rated = await sh(`systemd-analyze security --no-pager --offline=true ${unit} 2>&1`);
    const exposed = Number(/exposure level for \S+: ([\d.]+)/.exec(rated)?.[1] ?? assert.fail(rated));
    assert.ok(exposed <= mostExposed, `${unit}: ${exposed}`);
  }
  const wanted = /^Wants=(.*)$/m.exec(await sh('grep ^Wants= /usr/lib/systemd/system/connector.target'))?.[1];
  assert.equal(wanted, serviceNames.map((name) => `connector@${name}.service`).join(' '));
});

test('its services, started as the unit says, bring the demo’s domain and LastPass together', async () => {
  await demo.configure();
  assert.match(await sh('connector check 2>&1 || true'), /ok +LastPass/);
  await sh('connector preview >/tmp/preview && connector sync --confirm-first --no-wait');
  await demo.start();
  await demo.converged();
});

test('the console has its page, its queues and its API, and makes a preview in a thread of its own', async () => {
  const ask = (path: string, method = 'GET') =>
    fetch(`http://127.0.0.1:${demo.consolePort}${path}`, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${consoleToken}` },
    });
  for (const path of ['/', '/queues/', '/icon.svg', '/api/v1/openapi.json'])
    assert.equal((await ask(path)).status, 200, path);
  assert.equal((await ask('/api/v1/preview', 'POST')).status, 202);
  await waitUntil(
    'the preview to be made',
    async () => {
      const told = await (await ask('/api/v1/preview')).text();
      assert.doesNotMatch(told, /"state":"failed"/);
      return told.includes('"madeAt":"');
    },
    { withinMs: 60_000, everyMs: 200 },
  );
});

test('an upgrade in place keeps configuration, secrets and whether it starts with the machine; what runs goes on', async () => {
  const kept =
    'sha256sum /etc/connector/connector.yaml /etc/connector/secrets/* /etc/systemd/system/multi-user.target.wants/connector.target; stat --format="%n %U:%G %a" /etc/connector/* /etc/connector/secrets/*; id connector';
  const before = await sh(kept);
  const processes = demo.running;
  await demo.install(await nextDeb);
  assert.equal(await sh(kept), before);
  assert.equal((await sh('connector --version')).trim(), `connector ${nextVersion}`);
  assert.deepEqual(demo.running, processes);
  assert.equal(processes.length, serviceNames.length);
  await demo.change(2);
  await demo.converged();
});

test('the next version goes on where the last one was', async () => {
  const since = await demo.stage.simulator.lastCall();
  assert.deepEqual(await demo.stop(), [0, 0, 0, 0]);
  await demo.start();
  await demo.change(2);
  await demo.converged();
  const created = (await demo.stage.simulator.writes(since)).filter(({ cmd }) => cmd === 'batchadd');
  assert.ok(created.length <= 2, JSON.stringify(created));
});

test('removed, it leaves the configuration and nothing else; purged, no trace', async () => {
  await demo.stop();
  await sh('dpkg --remove lastpass-directory-connector 2>&1');
  const left = await demo.machine.ownPaths(bookkeeping);
  const isKept = (path: string) =>
    /^\/etc\/(?:connector(?:\/.*)?|passwd|shadow|group|gshadow)$|^\/var\/lib\/dpkg\/(?:status$|info\/lastpass-directory-connector\.)/.test(
      path,
    );
  assert.deepEqual(
    left.filter((path) => !isKept(path)),
    [],
  );
  assert.ok(left.includes('/etc/connector/connector.yaml'));
  await sh('dpkg --purge lastpass-directory-connector 2>&1');
  assert.deepEqual(await demo.machine.ownPaths(bookkeeping), []);
});
