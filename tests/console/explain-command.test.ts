/** `connector explain` as it is typed, and what it prints. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { auditWrites } from '@connector/shared/audit.ts';
import { sealAudit } from '@connector/sync/audit/seal-audit.ts';
import { trimAudit } from '@connector/sync/audit/trim-audit.ts';
import { janesMail, putJaneToWork, stranger, tellOfJane } from './jane-at-work.ts';
import { guidOf, Workplace } from './workplace.ts';

let place: Workplace;
before(async () => {
  place = await Workplace.create();
});
after(() => place[Symbol.asyncDispose]());

test('everything that is known of somebody, each in a line with what it is', async () => {
  await putJaneToWork(place);
  const { code, output } = await place.run('explain', guidOf('a'));
  assert.equal(code, 0, output);
  const lines = output.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, ' | '));
  assert.equal(
    lines[0],
    'Jane Doe (jane@corp.test) is to be changed at LastPass: it is planned with the next change of theirs, or the next full read',
  );
  for (const line of [
    'Active Directory | status | enabled',
    'lies at | CN=Jane Doe,DC=corp,DC=test',
    `same mail | Jane Double | corp/${guidOf('b')}`,
    'Scope | in | is in scope',
    'userBases | DC=corp,DC=test',
    'groupFilter | CN=Staff,DC=corp,DC=test: Field → Staff',
    'Groups | Staff | Field → Staff',
    'LastPass | account | jane@corp.test, enabled',
    'decision | released by root, 1970-01-01 00:00:00 UTC',
    `person key | corp/${guidOf('a')}`,
  ])
    assert.ok(lines.includes(line), `${line}\nisn't in\n${lines.join('\n')}`);
  assert.match(output, /rename to "Jane Doe" \(is called "Jane D\." at LastPass\); join Staff/);
});

test('what was done about somebody last: when, what, by whom, and what LastPass said', async () => {
  await putJaneToWork(place);
  await tellOfJane(place);
  const lines = (await place.run('explain', guidOf('a'))).output
    .split('\n')
    .map((line) => line.trim().replaceAll(/ {2,}/g, ' | '));
  const from = lines.findIndex((line) => line.startsWith('Last done'));
  const at = '1970-01-01 00:00:00 UTC';
  assert.deepEqual(lines.slice(from, from + 3), [
    `Last done | ${at} | released: held → verdict released (by root)`,
    `${at} | tried to join groups (by connector; batchchangegrp: no such user)`,
    `${at} | renamed: name Jane → name Jane D. (by connector; updateuser, 120 ms)`,
  ]);
  const { people } = JSON.parse((await place.run('explain', guidOf('a'), '--json')).output);
  assert.deepEqual(people[0].operations[2], {
    ...{ sequence: 1, at: '1970-01-01T00:00:00.001Z', by: 'connector', did: 'renamed' },
    ...{ was: { name: 'Jane' }, is: { name: 'Jane D.' }, source: 'corp/7' },
    answer: { command: 'updateuser', said: null, tookMs: 120 },
  });
  assert.deepEqual((await place.run('explain', guidOf('b'), '--json')).output.match(/"operations": \[\]/g)?.length, 1);
});

test('the last ten of them, and none that was trimmed', async () => {
  await putJaneToWork(place);
  const { store } = place;
  const of = { kind: 'person', id: `corp/${guidOf('a')}`, name: 'Jane Doe' } as const;
  for (let n = 1; n <= 4; n++) {
    const entries = [1, 2, 3].map((m) => ({
      ...{ atMs: 3 * (n - 1) + m, by: 'connector', did: 'renamed', of },
      ...{ was: null, is: null, source: null },
    }));
    await store.commit({ guards: [], writes: auditWrites(store.keys, entries) });
    await sealAudit(store);
  }
  const told = async () =>
    JSON.parse((await place.run('explain', guidOf('a'), '--json')).output).people[0].operations.map(
      ({ sequence }: { sequence: number }) => sequence,
    );
  assert.deepEqual(await told(), [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
  await trimAudit(store, { keepMs: 0, nowMs: 6 });
  assert.deepEqual(await told(), [12, 11, 10, 9, 8, 7, 6]);
});

test('both who have a mail are told of, a stranger is called one, and whoever isn’t found makes it exit with 1', async () => {
  await putJaneToWork(place);
  const both = await place.run('explain', janesMail, '--json');
  assert.deepEqual(
    [
      both.code,
      JSON.parse(both.output)
        .people.map(({ name }: { name: string }) => name)
        .sort(),
    ],
    [0, ['Jane Doe', 'Jane Double']],
  );
  const { code, output } = await place.run('explain', 'jane doe', stranger, 'nobody');
  assert.equal(code, 1);
  assert.match(output, /Jane Doe \(jane@corp\.test\) is /);
  assert.match(output, /unknown +stranger@elsewhere\.test +LastPass has such an account/);
  assert.match(output, /unknown +nobody +no directory knows anybody of that name/);
});

test('in manual mode nothing is sent before somebody asks for it, be it a sync or a plan file', async () => {
  await putJaneToWork(place, { sync: { mode: 'manual' } });
  const { redis, keys } = place.store;
  const waits = /nothing is sent in manual mode before somebody asks for it: "connector sync"/;
  assert.match((await place.run('explain', guidOf('a'))).output, waits);
  await redis.set(keys.reviewed, JSON.stringify({ by: 'somebody', atMs: 1, people: 1 }));
  assert.doesNotMatch((await place.run('explain', guidOf('a'))).output, waits);
});

test('before anything is known it says why, and is no story', async () => {
  await place.clear();
  const { code, output } = await place.run('explain', 'jane');
  assert.equal(code, 1);
  assert.match(output, /^connector: nothing can be said of anybody yet: .+/);
});
