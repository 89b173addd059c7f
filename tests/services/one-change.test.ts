/** One change in the directory is followed by its name through the logs of all services, to the call at LastPass. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';

const line = z.looseObject({
  service: z.string(),
  msg: z.string(),
  changes: z.array(z.string()).optional(),
  who: z.array(z.string()).optional(),
  command: z.string().optional(),
});

test('a change in Active Directory has one name in all logs, from its reading to the call, and names nobody else', async () => {
  await using stack = await Stack.create({
    ldif: (base) => `dn: OU=People,${base}\nobjectClass: organizationalUnit\n`,
  });
  stack.startAll();
  await stack.settled();
  const lines = () =>
    ['watcher', 'reconciler', 'pusher'].flatMap((name) =>
      stack
        .service(name)
        .lines.filter((text) => text.startsWith('{'))
        .map((text) => line.parse(JSON.parse(text))),
    );
  const about = (guid: string) =>
    lines().filter(({ who }) => who?.some((each) => each === guid || each === `corp/${guid}`));

  const mail = 'secret.person@example.com';
  const guid = await stack.admin.createUser({
    name: 'Secret Person',
    ou: `OU=People,${stack.domain.baseDn}`,
    mail,
    displayName: 'Secret Person',
  });
  await stack.settled();
  await waitUntil('the line of the call', () => about(guid).some(({ command }) => command === 'batchadd'));
  const [change] = about(guid).find(({ command }) => command === 'batchadd')?.changes ?? [];
  assert.match(change ?? '', /^corp\/\d+$/);
  const followed = lines().filter(({ changes }) => changes?.includes(change ?? ''));
  assert.deepEqual(
    [...new Set(followed.map(({ service, msg, command }) => `${service}: ${command ?? msg}`))],
    [
      'watcher: changes were read',
      'reconciler: applied: people are to be planned',
      'reconciler: planned',
      'pusher: batchadd',
    ],
  );
  for (const each of followed)
    assert.ok(
      each.who?.some((name) => name.endsWith(guid)),
      JSON.stringify(each),
    );

  const leaving = await stack.admin.createUser({ name: 'Another', ou: `OU=People,${stack.domain.baseDn}` });
  await stack.settled();
  // What a service has printed may come later than what it has done.
  await waitUntil('the lines of the other', () => new Set(about(leaving).map(({ service }) => service)).size > 1);
  assert.deepEqual(
    [...new Set(about(leaving).map(({ service }) => service))],
    ['watcher', 'reconciler'],
    'a change that comes to nothing ends at its plan',
  );
  const { redis, keys } = stack.store;
  assert.equal(await redis.exists(keys.causes), 0, 'names of changes that are done are kept');
  const output = ['watcher', 'reconciler', 'pusher'].map((name) => stack.service(name).output).join('\n');
  for (const secret of [mail, 'Secret Person', 'OU=People'])
    assert.ok(!output.includes(secret), `${secret} is in a log`);
});
