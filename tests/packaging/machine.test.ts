/**
 * The life of the package on a fresh machine, by the commands of docs/without-containers.md in their order: installed, run by systemd as its
 * units say, upgraded in place while it runs, removed without trace. Against the demo's domain with its 300 people.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sectionOf } from '../docs/markdown.ts';
import { scriptOf } from '../docs/shell-script.ts';
import { waitUntil } from '../support/wait-until.ts';
import { build, clone } from './build.ts';
import { PackedDemo, serviceNames } from './packed-demo.ts';

const read = (file: string) => readFile(join(clone, file), 'utf8');
const page = await read('docs/without-containers.md');
const gettingStarted = await read('docs/getting-started.md');
const architecture = await read('docs/architecture.md');
const [version = '', nextVersion = ''] = [...page.matchAll(/apt install \S+_([\d.]+)_amd64\.deb/g)].map(
  ([, told]) => told,
);

/** What Debian's own programs keep for themselves: copies of before, logs, caches, and Redis, which the docs have people set up. */
const bookkeeping =
  /^\/(?:etc\/(?:passwd|shadow|group|gshadow|subuid|subgid)-|var\/lib\/dpkg\/status-old|var\/log\/(?:dpkg\.log|apt\/.*)|var\/(?:cache|lib)\/apt\/.*|etc\/redis\/redis\.conf|var\/(?:lib|log)\/redis\/.*|var\/tmp\/systemd-private-\w+-redis-server\.service-.*)$/;
/** Of systemd's scale up to 10, of which it calls 2 to 4.9 "OK". */
const mostExposed = 2.5;

let folder: string;
let demo: PackedDemo;
let nextDeb: Promise<string>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packed-'));
  const building = build({ out: folder, version });
  building.catch(() => undefined); // told below, once there is what has to be put away
  demo = await PackedDemo.create();
  await demo.bring(await building);
  nextDeb = build({ out: join(folder, 'next'), version: nextVersion });
  nextDeb.catch(() => undefined); // whoever needs it is told
});
after(async () => {
  await nextDeb?.catch(() => undefined);
  await demo?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const sh = (script: string) => demo.machine.sh(script);
/** The commands of a part of the page, for a machine of this kind. */
const commandsOf = (part: string) => scriptOf(part).replace(/_amd64\.deb/g, '_$(dpkg --print-architecture).deb');
/** `connector status` gives 1 where something wants attention, and in the demo some people are set aside. */
const attentive = 'connector() { command connector "$@" || [ "$1 $?" = "status 1" ]; }; ';
/** The page's commands that back up and restore, for the Redis of this machine. */
const backingUp = () =>
  commandsOf(sectionOf(page, 'Back-up and restore')).replaceAll('redis-cli', `redis-cli -p ${demo.redisPort}`);
const type = (part: string, typed = '') => demo.machine.type(attentive + commandsOf(part), { typed });

test('it installs, starts nothing, and gives a user, a place for secrets and a configuration to begin with', async () => {
  assert.deepEqual(await demo.machine.ownPaths(/^$/), [], 'the machine is fresh');
  await type(sectionOf(page, 'Install'));
  assert.equal((await sh('connector --version')).trim(), `connector ${version}`);
  const entries = await sh('stat --format="%n %U:%G %a" /etc/connector /etc/connector/* && getent passwd connector');
  assert.match(
    entries,
    /^\/etc\/connector root:connector 750\n\/etc\/connector\/connector.yaml root:connector 640\n\/etc\/connector\/secrets root:connector 750\nconnector:x:.*:\/nonexistent:\/usr\/sbin\/nologin\n$/,
  );
  assert.equal((await demo.running()).size, 0);
});

test('its units are sound, and systemd rates each of them at most 2.5 of 10', async () => {
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

test('configured as the docs tell, it finds both ends and a Redis that keeps what it is given', async () => {
  const [secrets = '', settings = '', looking = '', ...more] = sectionOf(page, 'Configure').split(
    /^```conf\n([^`]*)```$/m,
  );
  assert.deepEqual(more, []);
  const asked = sectionOf(gettingStarted, '1. An account in Active Directory').replace(
    'dc1.corp.example.com:636',
    `${demo.stage.domain.address}:636`,
  );
  assert.match(await type(asked.replace('dc1.corp.example.com', 'dc1.example.test')), /^Verification: OK$/m);
  await type(secrets, await demo.secrets());
  const password = (await sh('cat /etc/connector/secrets/redis-password')).trim();
  const redis = `${settings.replace('<password>', password)}port ${demo.redisPort}\n`;
  await demo.machine.type('cat >>/etc/redis/redis.conf', { typed: redis });
  await demo.configure();
  const told = await type(looking);
  for (const end of ['Redis', 'directory corp', 'LastPass']) assert.match(told, new RegExp(`^ok +${end}`, 'm'));
});

test('its services, started by systemd, bring the demo’s domain and LastPass together', async () => {
  const [enabling = '', ...looking] = commandsOf(sectionOf(page, 'Start')).split(/^(?=connector )/m);
  await demo.machine.type(enabling);
  await demo.started();
  await demo.machine.type(attentive + looking.join(''));
  await demo.converged();
});

test('systemctl and the journal show all four, and a restart of the target restarts each of them', async () => {
  const before = await demo.running();
  const told = await type(sectionOf(page, 'Look after it'));
  for (const name of serviceNames) {
    assert.match(told, new RegExp(`connector@${name}\\.service - .*\\n.*\\n +Active: active \\(running\\)`));
    assert.match(told, new RegExp(`the ${name} is up`));
  }
  await demo.started();
  const after = await demo.running();
  assert.equal(after.size, serviceNames.length);
  for (const [name, id] of after) assert.notEqual(id, before.get(name), name);
});

test('a change is followed through the journal by its name, from the watcher to the answer of LastPass', async () => {
  await demo.change(1);
  await demo.converged();
  const journal = await sh("journalctl --output=cat -u connector@watcher --grep 'changes were read'");
  const name = /"changes":\["(corp\/\d+)"/.exec(journal)?.[1] ?? assert.fail(journal);
  const told = await type(
    sectionOf(architecture, 'Following one change through the logs').replaceAll('corp/4711', name),
  );
  for (const each of ['changes were read', 'applied: people are to be planned', 'planned', 'LastPass has answered'])
    assert.match(told, new RegExp(`"msg":"${each}"`));
  assert.ok(
    told
      .trim()
      .split('\n')
      .every((line) => line.includes(`"${name}"`)),
  );
});

test('the console has its page, its queues and its API, and makes a preview in a thread of its own', async () => {
  const token = (await sh('cat /etc/connector/secrets/console-token')).trim();
  const ask = (path: string, method = 'GET') =>
    fetch(`http://127.0.0.1:${demo.consolePort}${path}`, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}` },
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

test('a service that is killed is there again, and all four start with the machine', async () => {
  const before = await demo.running();
  await sh('systemctl kill --signal=KILL connector@pusher');
  await waitUntil('another pusher', async () => {
    const id = (await demo.running()).get('pusher');
    return id !== undefined && id !== before.get('pusher');
  });
  await sh('systemctl stop connector.target');
  await waitUntil('all four to have ended', async () => (await demo.running()).size === 0);
  await sh('systemctl start multi-user.target'); // as systemd does by itself when a machine starts
  await demo.started();
});

test('an upgrade keeps configuration, secrets and whether it starts with the machine, restarts what runs, and it goes on where it was', async () => {
  const kept =
    'sha256sum /etc/connector/connector.yaml /etc/connector/secrets/* /etc/systemd/system/multi-user.target.wants/connector.target; stat --format="%n %U:%G %a" /etc/connector/* /etc/connector/secrets/*; id connector';
  const before = await sh(kept);
  const processes = await demo.running();
  const since = await demo.stage.simulator.lastCall();
  await demo.bring(await nextDeb);
  const [defined = ''] = backingUp().split(/^(?=back_up )/m);
  await demo.machine.type(attentive + defined + commandsOf(sectionOf(page, 'Upgrade')));
  assert.equal(await sh(kept), before);
  assert.equal((await sh('connector --version')).trim(), `connector ${nextVersion}`);
  await demo.started();
  for (const [name, id] of await demo.running()) assert.notEqual(id, processes.get(name), name);
  await demo.change(4);
  await demo.converged();
  const created = (await demo.stage.simulator.writes(since)).filter(({ cmd }) => cmd === 'batchadd');
  assert.ok(created.length <= 4, JSON.stringify(created));
});

test('what Redis remembers is backed up and restored as the page tells, and nobody is created twice', async () => {
  const [backUp = '', restore = '', ...more] = backingUp().split(/^(?=data=)/m);
  assert.deepEqual(more, []);
  const set = (value: string) => demo.machine.type(`${backUp.split('\n')[0]}\nredis set remembered ${value}`);
  await set('before');
  await demo.machine.type(backUp);
  await set('after');
  const since = await demo.stage.simulator.lastCall();
  await demo.machine.type(attentive + restore);
  assert.equal(await demo.machine.type(`${backUp.split('\n')[0]}\nredis get remembered`), 'before\n');
  await demo.started();
  await demo.converged();
  const created = (await demo.stage.simulator.writes(since)).filter(({ cmd }) => cmd === 'batchadd');
  assert.deepEqual(created, []);
});

test('removed, it leaves the configuration and nothing else; purged, the company’s key of federated log-in and no other trace', async () => {
  const [removing = '', purging = '', ...more] = commandsOf(sectionOf(page, 'Remove')).split(/^(?=apt purge)/m);
  assert.deepEqual(more, []);
  await demo.machine.type(removing, { typed: 'y\n' }); // apt asks
  assert.equal(await sh("systemctl list-units --no-legend 'connector*'"), '');
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
  await sh(`cd /etc/connector
    printf 'federation:\\n  companyKeyFile: "company-key" # ours\\n' >>connector.yaml
    echo the-key >company-key`);
  await demo.machine.type(purging, { typed: 'y\n' });
  const [kept = '', ...others] = await demo.machine.ownPaths(bookkeeping);
  assert.deepEqual(others, []);
  assert.match(kept, /^\/var\/backups\/lastpass-directory-connector-company-key-\d{8}T\d{6}Z$/);
  assert.equal(await sh(`stat --format=%a ${kept} && cat ${kept}`), '600\nthe-key\n');
});
