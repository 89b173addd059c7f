/** `connector support-bundle` against a real Redis: what it has to tell is in it, and no secret and nobody's name; with Redis away, too. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { AuditEntry } from '@connector/shared/audit.ts';
import { policy } from '@connector/shared/policy.ts';
import { RecentLog } from '@connector/shared/recent-log.ts';
import { pino } from 'pino';
import { failJob } from './failed-job.ts';
import { putJaneToWork } from './jane-at-work.ts';
import { guidOf, Workplace } from './workplace.ts';

/** In every secret, and in whatever names somebody. */
const mark = 'Mark0815';
const marked = {
  directories: [
    {
      id: 'corp',
      urls: ['ldaps://dc.invalid'],
      bindDn: `CN=Bind ${mark},DC=corp,DC=test`,
      bindPassword: `${mark}-bind-password`,
    },
  ],
  lastpass: { apiUrl: 'http://127.0.0.1:1/', cid: '1', provhash: `${mark}-provhash`, batchSize: 123 },
  console: { token: `${mark}-token-of-the-console` },
};

describe('a support bundle', () => {
  let place: Workplace;
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'support-bundle-'));
    place = await Workplace.create();
  });
  after(async () => {
    await place?.[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  /** Somebody in each place that a bundle looks at. */
  async function fill(): Promise<void> {
    const { redis, keys } = place.store;
    await putJaneToWork(place, marked);
    const inForce = JSON.parse((await redis.get(keys.policy)) ?? '');
    const set = { written: policy.parse({}), set: { by: `${mark} Boss`, atMs: 1 } };
    await redis.set(keys.policy, JSON.stringify({ ...inForce, ...set }));
    await redis.set(keys.paused, JSON.stringify({ by: `${mark} Boss`, atMs: 1 }));
    const aside = { name: `Ann ${mark}`, kind: 'refused', sinceMs: 1 };
    const reason = `LastPass refuses: no Ann ${mark} at ann.${mark}@x.org`;
    await redis.hset(keys.setAside, `corp/${guidOf('e')}`, JSON.stringify({ ...aside, reason }));
    await redis.set(keys.session(mark), '{}');
    const recentLog = new RecentLog();
    const log = pino(
      { base: { service: 'pusher' }, timestamp: pino.stdTimeFunctions.isoTime, hooks: { streamWrite: recentLog.note } },
      { write: () => undefined },
    );
    log.warn({ who: [`corp/${guidOf('e')}`], by: mark, address: mark }, `refused: CN=${mark},DC=corp, ${mark}@x.org`);
    log.info('what is usual');
    await recentLog.write(place.store);
  }

  const audited = async (): Promise<AuditEntry[]> =>
    (await place.store.redis.xrange(place.store.keys.auditUnsealed, '-', '+')).map(([, [, entry = '']]) =>
      JSON.parse(entry),
    );

  test('tells versions, configuration, status, check, queues, Redis and logs, and neither a secret nor anybody', async () => {
    await fill();
    await failJob(place, mark);
    const { code, output } = await place.run('support-bundle', '--json');
    assert.equal(code, 0, output);
    assert.ok(!output.includes(mark), output.slice(Math.max(0, output.indexOf(mark) - 200)));
    assert.doesNotMatch(output, /[\w.]@\w/, 'an address');
    for (const name of ['Jane Doe', 'Jane D.', 'Stranger']) assert.ok(!output.includes(name), name);
    const bundle = JSON.parse(output);
    assert.deepEqual(bundle.missing, []);
    assert.equal(bundle.versions.node, process.version);
    assert.equal(bundle.configuration.lastpass.batchSize, 123);
    assert.deepEqual(bundle.status.setAside[0], {
      person: `corp/${guidOf('e')}`,
      name: '…',
      kind: 'refused',
      reason: 'LastPass refuses: no … at (address)',
      since: '1970-01-01T00:00:00.001Z',
    });
    assert.equal(bundle.status.policySet.by, '…');
    assert.match(bundle.status.problems[0], /^… paused all deliveries/);
    const ends = bundle.check.findings.map(({ end }: { end: string }) => end);
    assert.deepEqual(new Set(ends), new Set(['Redis', 'directory corp', 'LastPass', 'services']));
    const [, planning] = bundle.queues;
    assert.deepEqual([planning.name, planning.failed, planning.failures[0].bell], ['people-to-plan', 1, { people: 2 }]);
    const links = bundle.redis.keys.find(({ kind }: { kind: string }) => kind === 'links');
    assert.deepEqual([links.keys, links.values, links.bytes > 0], [1, 1, true]);
    assert.match(bundle.redis.server.redis_version, /^\d+\.\d+/);
    assert.deepEqual(
      bundle.log.map(({ time: _, ...line }: { time: string }) => line),
      [
        {
          level: 40,
          service: 'pusher',
          who: [`corp/${guidOf('e')}`],
          msg: 'refused: CN=…,DC=corp, (address)',
        },
      ],
    );
  });

  test('is a file for its owner alone, over nothing that is there, and the audit trail tells of it', async () => {
    await fill();
    const file = join(dir, 'support.json');
    const { code, output } = await place.run('support-bundle', '--out', file);
    assert.equal(code, 0, output);
    assert.match(
      output,
      /Wrote \S+support\.json, \d+ kB: versions, .*, 3 queues, \d+ kinds of keys in Redis, 1 line of/,
    );
    assert.match(output, /read it before you send it/);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal(JSON.parse(await readFile(file, 'utf8')).configuration.lastpass.batchSize, 123);
    const made = (await audited()).filter(({ did }) => did === 'made a support bundle');
    assert.deepEqual(
      made.map(({ of }) => of.kind),
      ['support-bundle'],
    );
    await writeFile(file, 'mine');
    const again = await place.run('support-bundle', '--out', file);
    assert.deepEqual([again.code, /is there already: name another file with --out/.test(again.output)], [1, true]);
    assert.equal(await readFile(file, 'utf8'), 'mine');
    const nowhere = await place.run('support-bundle', '--out', join(dir, 'nowhere', 'x.json'));
    assert.match(nowhere.output, /can't be written \(ENOENT\): name another file/);
  });

  test('is made while Redis is away, says what is missing, and exits with 1', async () => {
    await place.configure({ ...marked, redis: { url: 'redis://127.0.0.1:1' } });
    const { code, output } = await place.run('support-bundle', '--json');
    assert.equal(code, 1, output);
    assert.ok(!output.includes(mark));
    const { missing, status, check, configuration } = JSON.parse(output);
    const parts = missing.map(({ part }: { part: string }) => part);
    assert.deepEqual(parts, ['versions', 'status', 'queues', 'redis.server', 'redis.keys', 'log']);
    for (const { why } of missing) assert.match(why, /Redis at 127\.0\.0\.1:1 can't be reached/);
    assert.deepEqual([status, check.findings[0].grade, configuration.lastpass.batchSize], [null, 'failure', 123]);
  });
});
