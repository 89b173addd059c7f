/** The audit trail on a real Redis: every change that somebody makes is in it, and whatever is done to it afterwards is found. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  type AuditEntry,
  auditBeginning,
  auditWrite,
  auditWrites,
  hashAfter,
  type NewAuditEntry,
} from '@connector/shared/audit.ts';
import type { Disabling } from '@connector/shared/plan.ts';
import type { Store } from '@connector/shared/store.ts';
import { sealAudit } from '@connector/sync/audit/seal-audit.ts';
import { AuditBroken, trimAudit } from '@connector/sync/audit/trim-audit.ts';
import { verifyAudit } from '../../services/console/src/audit/audit-trail.ts';
import { guidOf, Workplace } from './workplace.ts';

const dayMs = 86_400_000;
const atMs = 1_700_000_000_000;
const noted = (name: string): NewAuditEntry => ({
  atMs,
  by: 'root',
  did: 'released',
  of: { kind: 'person', id: `corp/${name}`, name },
  was: 'held',
  is: { verdict: 'released' },
  source: null,
});

describe('the audit trail', () => {
  let place: Workplace;
  before(async () => {
    place = await Workplace.create();
  });
  beforeEach(() => place.clear());
  after(() => place[Symbol.asyncDispose]());

  const write = (...names: string[]) =>
    place.store.commit({ guards: [], writes: names.map((name) => auditWrite(place.store.keys, noted(name))) });
  const verify = async (...more: string[]) => {
    const { code, output } = await place.run('audit', 'verify', '--json', ...more);
    return { code, ...JSON.parse(output) };
  };

  test('has every decision, token and pause: who, what, of whom, from what to what', async () => {
    const { redis, keys } = place.store;
    const c = await place.hold('c');
    const d = await place.hold('d');
    const e = await place.hold('e');
    await place.run('release', 'c@x.org');
    await place.run('reject', 'd@x.org', 'nobody@x.org');
    await redis.hset(
      keys.setAside,
      e,
      JSON.stringify({ name: 'Eve', reason: 'refused: no', kind: 'refused', sinceMs: 1 }),
    );
    await place.run('retry', e);
    const f = `corp/${guidOf('f')}`;
    const disabling: Disabling = {
      username: 'f@x.org',
      name: 'Fay',
      because: 'was disabled',
      digest: 'x',
      atMs: Date.now(),
    };
    await redis.hset(keys.disablings, f, JSON.stringify(disabling));
    const link = { username: 'f@x.org', id: '1', disabledByUs: true, removedByUs: false };
    await redis.hset(keys.links, f, JSON.stringify(link));
    await place.run('undo', 'f@x.org');
    for (const _ of [1, 2]) await place.run('pause');
    for (const _ of [1, 2]) await place.run('resume');
    await place.run('sync', '--no-wait', '--full');
    await place.run('create-token', 'nightly', '--role', 'administrator', '--expires', 'never');
    await place.run('revoke-token', 'nightly', 'nobody');
    const { audit, page } = JSON.parse((await place.run('audit', '--json')).output);
    assert.deepEqual(page, { offset: 0, limit: 50, total: 9 });
    const told = audit.map(({ did, of, was, is }: AuditEntry) => [did, of.kind, of.id, was, is]).reverse();
    const steps = [{ kind: 'disable', because: 'was deleted in Active Directory' }];
    const tokenId = told[7]?.[2];
    assert.deepEqual(told, [
      ['released', 'person', c, 'held', { verdict: 'released', username: 'c@x.org', steps }],
      ['rejected', 'person', d, 'held', { verdict: 'rejected', username: 'd@x.org', steps }],
      ['retried', 'person', e, { kind: 'refused', reason: 'refused: no' }, null],
      [
        'undone',
        'person',
        f,
        { username: 'f@x.org', disabled: true, because: 'was disabled' },
        { username: 'f@x.org', disabled: false },
      ],
      ['paused', 'deliveries', '', 'on', 'paused'],
      ['resumed', 'deliveries', '', 'paused', 'on'],
      ['asked for a sync', 'deliveries', '', null, told[6]?.[4]],
      ['made', 'token', tokenId, null, { role: 'administrator', expiresAtMs: null }],
      ['revoked', 'token', tokenId, { role: 'administrator', expiresAtMs: null }, null],
    ]);
    assert.equal(told[6]?.[4].full, true);
    for (const { by, at } of audit) {
      assert.ok(by.length > 0);
      assert.ok(Math.abs(Date.parse(at) - Date.now()) < 120_000);
    }
    const text = (await place.run('audit', '--limit', '2')).output;
    assert.match(text, /^9 changes, the newest first; here 2 of them\./);
    assert.match(text, /revoked +token nightly +role administrator → nothing/);
  });

  test('is sealed once, in the order of its entries, however many do it at the same time', async () => {
    const { redis, keys } = place.store;
    for (let from = 0; from < 1_300; from += 100) await write(...Array.from({ length: 100 }, (_, n) => `p${from + n}`));
    const heads = await Promise.all(Array.from({ length: 5 }, () => sealAudit(place.store)));
    assert.deepEqual(new Set(heads.map(({ sequence, hash }) => `${sequence} ${hash}`)).size, 1);
    assert.deepEqual([await redis.xlen(keys.audit), await redis.xlen(keys.auditUnsealed)], [1_300, 0]);
    const lines = (await place.run('audit', 'export')).output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ sequence, of }) => [sequence, of.name]),
      Array.from({ length: 1_300 }, (_, n) => [n + 1, `p${n}`]),
    );
    assert.deepEqual(await verify(), {
      ...{ code: 0, whole: true, entries: 1_300, trimmed: 0 },
      ...{ head: heads[0], broken: null, knownTrimmed: false },
    });
  });

  test('has an entry once, though the transaction was sent twice for want of an answer', async () => {
    const writes = [auditWrite(place.store.keys, noted('ann')), auditWrite(place.store.keys, noted('ann'))];
    for (const _ of [1, 2]) await place.store.commit({ guards: [], writes });
    assert.equal((await sealAudit(place.store)).sequence, 2);
    assert.equal(await place.store.redis.xlen(place.store.keys.auditUnsealed), 0);
    assert.equal((await verify()).whole, true);
  });

  test('has it once, too, where the second comes when the first is sealed already', async () => {
    const { store } = place;
    const writes = [auditWrite(store.keys, noted('ann')), ...auditWrites(store.keys, [noted('bob'), noted('cyd')])];
    for (const _ of [1, 2, 3]) {
      await store.commit({ guards: [], writes });
      assert.equal((await sealAudit(store)).sequence, 3);
    }
    assert.equal((await verify()).whole, true);
  });

  test('has what was written together as single entries, several hundred in each transaction that seals them', async () => {
    const { store } = place;
    const names = Array.from({ length: 1_250 }, (_, n) => `p${n}`);
    for (let from = 0; from < names.length; from += 250)
      await store.commit({ guards: [], writes: auditWrites(store.keys, names.slice(from, from + 250).map(noted)) });
    assert.equal(await store.redis.xlen(store.keys.auditUnsealed), 5);
    const sealed: number[] = [];
    const commit: Store['commit'] = (transaction) => {
      sealed.push(transaction.writes.filter(([command]) => command === 'XADD').length);
      return store.commit(transaction);
    };
    assert.equal((await sealAudit({ ...store, commit })).sequence, 1_250);
    assert.deepEqual(sealed, [500, 500, 250]);
    const lines = (await place.run('audit', 'export')).output.trim().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).of.name),
      names,
    );
    assert.equal((await verify()).whole, true);
  });

  test('is whole while more is sealed just then', async () => {
    const { store } = place;
    await write('ann');
    await sealAudit(store);
    let isLate = false;
    const get = async (key: string) => {
      const answer = await store.redis.get(key);
      if (!isLate && key === store.keys.auditHead) {
        isLate = true;
        await write('bob');
        await sealAudit(store);
      }
      return answer;
    };
    const redis: Store['redis'] = Object.assign(Object.create(store.redis), { get });
    const { entries, broken } = await verifyAudit({ ...store, redis });
    assert.deepEqual([entries, broken], [2, null]);
  });

  test('is exported as it is: what could steer a terminal is written otherwise, and means the same', async () => {
    const name = 'Eve \u202eevE\u2028\u0085\u007f\u001b[31m';
    await write(name);
    const { output } = await place.run('audit', 'export');
    assert.equal(JSON.parse(output).of.name, name);
    assert.doesNotMatch(output, /[\p{Cc}\u2028\u202e]/u);
  });

  test('is exported for spreadsheets, in which nothing is taken for a formula', async () => {
    await write('=cmd|calc', 'two\nlines');
    const rows = (await place.run('audit', 'export', '--csv')).output.trim().split('\n');
    assert.equal(rows.length, 3);
    assert.equal(rows[0], 'sequence,at,by,did,kind,id,name,was,is,source,command,said,tookMs,hash');
    assert.match(rows[1] ?? '', /^1,2023-11-14T22:13:20\.000Z,root,released,person,corp\/=cmd\|calc,'=cmd\|calc,/);
    assert.match(rows[2] ?? '', /,two lines,/);
  });

  describe('verify finds', () => {
    beforeEach(async () => {
      await write('ann', 'bob', 'cyd', 'dan');
      await sealAudit(place.store);
    });
    const broken = async (sequence: number, problem: RegExp, ...more: string[]) => {
      const found = await verify(...more);
      assert.deepEqual([found.code, found.whole, found.broken?.sequence], [1, false, sequence]);
      assert.match(found.broken.problem, problem);
      const { code, output } = await place.run('audit', 'verify', ...more);
      assert.equal(code, 1);
      assert.match(output, new RegExp(`^broken +entry ${sequence}: `));
    };
    /** Puts the whole stream there anew. @param anew whether the hashes are made anew, too */
    async function rewrite(change: (text: string, sequence: number) => string, { anew }: { anew: boolean }) {
      const { redis, keys } = place.store;
      const all = await redis.xrange(keys.audit, '-', '+');
      await redis.del(keys.audit);
      let hash = auditBeginning.hash;
      for (const [id, [, text = '', , old = '']] of all) {
        const changed = change(text, Number.parseInt(id, 10));
        hash = anew ? hashAfter(hash, Number.parseInt(id, 10), changed) : old;
        await redis.xadd(keys.audit, id, 'entry', changed, 'hash', hash);
      }
      if (anew) await redis.set(keys.auditHead, JSON.stringify({ sequence: all.length, hash }));
    }

    test('nothing, where nothing was done to it, and tells what to note', async () => {
      const { code, output } = await place.run('audit', 'verify');
      assert.deepEqual([code, /^whole {2}4 entries/.test(output)], [0, true]);
      const [, known = ''] = /--known (\S+)/.exec(output) ?? [];
      await write('eve');
      assert.equal((await verify('--known', known)).code, 0);
    });
    test('an entry that was taken out', async () => {
      await place.store.redis.xdel(place.store.keys.audit, '2-0');
      await broken(2, /it is missing/);
    });
    test('the newest ones that were taken out', async () => {
      await place.store.redis.xdel(place.store.keys.audit, '3-0', '4-0');
      await broken(3, /it is missing, and whatever came after it/);
    });
    test('all of them gone', async () => {
      await place.store.redis.del(place.store.keys.audit);
      await broken(1, /it is missing/);
    });
    test('one that was changed', async () => {
      await rewrite((text, sequence) => (sequence === 3 ? text.replace('cyd', 'eve') : text), { anew: false });
      await broken(3, /it was changed/);
    });
    test('one that was put behind the last', async () => {
      const text = JSON.stringify(noted('eve'));
      await place.store.redis.xadd(place.store.keys.audit, '5-0', 'entry', text, 'hash', 'f'.repeat(64));
      await broken(5, /behind the last/);
    });
    test('a trail that was made anew from end to end, by what was noted elsewhere', async () => {
      const { head } = await verify();
      const known = `${head.sequence}:${head.hash}`;
      await rewrite((text, sequence) => (sequence === 1 ? text.replace('ann', 'eve') : text), { anew: true });
      assert.equal((await verify()).code, 0, 'which nothing in Redis can tell');
      await broken(4, /isn't the one that was noted/, '--known', known);
      await place.clear();
      await broken(4, /it was noted, and is missing/, '--known', known);
    });
  });

  describe('once entries are old', () => {
    /** Ann, Bob and Cyd were noted long ago, and Dan and Eve a day later. */
    beforeEach(async () => {
      const { keys } = place.store;
      const later = ['dan', 'eve'].map((name) => ({ ...noted(name), atMs: atMs + dayMs }));
      const all = [...['ann', 'bob', 'cyd'].map(noted), ...later];
      await place.store.commit({ guards: [], writes: auditWrites(keys, all) });
      await sealAudit(place.store);
    });
    const trim = () => trimAudit(place.store, { keepMs: dayMs, nowMs: atMs + 1.5 * dayMs });

    test('is trimmed from its front, and what is left is proved from there on', async () => {
      const { head } = await verify();
      assert.equal(await trim(), 3);
      assert.equal(await trim(), 0);
      assert.equal(await place.store.redis.xlen(place.store.keys.audit), 2);
      assert.deepEqual(await verify(), {
        ...{ code: 0, whole: true, entries: 2, trimmed: 3 },
        ...{ head, broken: null, knownTrimmed: false },
      });
      assert.match((await place.run('audit', 'verify')).output, /^whole {2}2 entries.*\n3 older ones were trimmed/);
      assert.equal(JSON.parse((await place.run('audit', '--json')).output).page.total, 2);
      await write('fay');
      assert.deepEqual([(await verify('--known', `5:${head.hash}`)).code, (await verify()).entries], [0, 3]);
    });

    test('is whole when all of it was trimmed, and goes on', async () => {
      const { head } = await verify();
      assert.equal(await trimAudit(place.store, { keepMs: 0, nowMs: atMs + 2 * dayMs }), 5);
      assert.deepEqual([(await verify()).whole, (await verify('--known', `5:${head.hash}`)).code], [true, 0]);
      await write('fay');
      assert.deepEqual([(await verify()).entries, (await verify()).head.sequence], [1, 6]);
    });

    test('a noted entry that was trimmed proves nothing, and that is said', async () => {
      const [line = ''] = (await place.run('audit', 'export')).output.split('\n');
      await trim();
      const known = `1:${JSON.parse(line).hash}`;
      const { code, whole, knownTrimmed } = await verify('--known', known);
      assert.deepEqual([code, whole, knownTrimmed], [1, true, true]);
      assert.match((await place.run('audit', 'verify', '--known', known)).output, /^trimmed {2}.*proves nothing/);
      const other = await verify('--known', `3:${'0'.repeat(64)}`);
      assert.match(other.broken.problem, /isn't the one that was noted/, 'that of the last one is still known');
    });

    test('a trim by somebody else is found, and not covered up by the next one of ours', async () => {
      const { redis, keys } = place.store;
      await redis.xtrim(keys.audit, 'MINID', '3-0');
      await assert.rejects(trim(), AuditBroken);
      assert.deepEqual([(await verify()).broken?.sequence, await redis.exists(keys.auditAnchor)], [1, 0]);
    });

    test('several who trim at the same time trim it once', async () => {
      const counts = await Promise.all(Array.from({ length: 5 }, trim));
      assert.equal(
        counts.reduce((sum, count) => sum + count),
        3,
      );
      assert.equal((await verify()).whole, true);
    });
  });

  test('wrong usage is told, and nothing is done', async () => {
    for (const args of [
      ['nonsense'],
      ['--csv'],
      ['verify', '--limit', '3'],
      ['export', '--csv', '--json'],
      ['verify', '--known', 'x'],
      ['--limit', '0'],
    ]) {
      const { code, output } = await place.run('audit', ...args);
      assert.equal(code, 2, `${args.join(' ')}: ${output}`);
    }
  });
});
