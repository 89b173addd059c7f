/** Thousands of people: they are read in pages, sent in batches, and nobody is lost or created twice on the way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { usernamesIn } from './world.ts';

/** `PEOPLE` tries it with more. */
const people = Number(process.env['PEOPLE'] ?? 5_000);
const batchSize = 200;
const usernames = Array.from({ length: people }, (_, index) => `p${index}@company.test`);

/** An OU of people, and a group that has all of them. */
const company = (base: string): string =>
  [
    `dn: OU=Staff,${base}\nobjectClass: organizationalUnit`,
    ...usernames.map((mail, index) =>
      [
        `dn: CN=Person ${index},OU=Staff,${base}`,
        'objectClass: user',
        `sAMAccountName: p${index}`,
        'userAccountControl: 544',
        `mail: ${mail}`,
      ].join('\n'),
    ),
  ].join('\n\n');

test('thousands of people get their accounts in batches, each once, from a LastPass that takes its time', async (context) => {
  await using stack = await Stack.create({
    ldif: company,
    directory: (base) => ({ userBases: [`OU=Staff,${base}`] }),
    lastpass: { batchSize },
  });
  await stack.simulator.settings({ latencyMs: 300 });
  const startedAt = performance.now();
  stack.startAll();
  await waitUntil('everybody to have an account', async () => (await stack.simulator.state()).users.length === people, {
    withinMs: 200_000,
    everyMs: 500,
  });
  await stack.settled({ withinMs: 60_000 });
  context.diagnostic(`${people} people took ${Math.round(performance.now() - startedAt)} ms`);

  const { users, welcomeEmails } = await stack.simulator.state();
  assert.deepEqual(users.map(({ username }) => username).sort(), usernames.toSorted());
  assert.ok(Object.values(welcomeEmails).every((times) => times.length === 1));
  const creates = (await stack.simulator.writes()).filter(({ cmd }) => cmd === 'batchadd');
  const sizes = creates.map((call) => usernamesIn(call).length);
  assert.ok(Math.max(...sizes) <= batchSize, `a call carries ${Math.max(...sizes)} people`);
  assert.ok(creates.length <= 2 * (people / batchSize), `${creates.length} calls`);
});
