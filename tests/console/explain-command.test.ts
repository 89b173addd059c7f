/** `connector explain` as it is typed, and what it prints. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { janesMail, putJaneToWork, stranger } from './jane-at-work.ts';
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
