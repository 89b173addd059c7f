/** An account that AD refuses is tried again only so often, whatever happens to Redis and to the watchers meanwhile: AD would lock it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { countRefusal } from '@connector/sync/directory/bind-refusals.ts';
import { ProtocolOperation } from 'ldapts';
import { directoryId, Servers } from '../faults/pipeline.ts';
import { FakeDirectory, resultMessage } from '../support/fake-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

/** After the first refusal nobody tries for so long, ms. */
const firstPauseMs = 15_000;
/** A watcher that may try does so within this, ms. */
const soonMs = 5_000;

let servers: Servers;
before(async () => {
  servers = await Servers.create();
});
after(() => servers?.[Symbol.asyncDispose]());

const wrongPassword = {
  status: 49,
  errorMessage: '80090308: LdapErr: DSID-0, comment: AcceptSecurityContext error, data 52e, v1',
};

/** A run whose directory is this one, and how long it took until the account was tried so often. */
async function runOn(fake: FakeDirectory) {
  const run = await servers.run({ directory: { urls: [fake.url], insecure: true } });
  const tried = async (count: number, { withinMs }: { withinMs: number }) => {
    await waitUntil(`try ${count}`, () => fake.binds.length >= count, { withinMs });
    return performance.now();
  };
  return { run, tried };
}

test('a watcher that loses its lease while it waits, and whose Redis restarts, tries no sooner', async () => {
  await using fake = await FakeDirectory.start(() => ({}), { bind: wrongPassword });
  const { run, tried } = await runOn(fake);
  await using _ = run;
  await run.inside('watcher');
  const firstMs = await tried(1, { withinMs: soonMs });
  await run.leaseExpires();
  await servers.redis.stop();
  await servers.redis.start();
  const secondMs = await tried(2, { withinMs: firstPauseMs + soonMs });
  assert.ok(secondMs - firstMs > firstPauseMs - 500, `it tried again after ${secondMs - firstMs} ms`);
});

test('a watcher that takes over waits for the rest and tells why, and one that was started since tries at once', async () => {
  await using fake = await FakeDirectory.start(() => ({}), { bind: 'silence' });
  const { run, tried } = await runOn(fake);
  await using _ = run;
  const refused = await run.inside('watcher');
  const firstMs = await tried(1, { withinMs: soonMs });
  const standby = await run.inside('watcher');
  fake.send(resultMessage(1, ProtocolOperation.LDAP_RES_BIND, wrongPassword));
  const { refusals } = run.store.keys.directory(directoryId);
  await waitUntil('the refusal to be counted', async () => (await run.store.redis.get(refusals)) === '1');
  await refused.stop();
  await waitUntil('the other one to tell', () => /as another watcher has found/.test(run.output), { withinMs: soonMs });
  assert.equal(fake.binds.length, 1);
  await run.inside('watcher');
  await standby.stop();
  const secondMs = await tried(2, { withinMs: soonMs });
  assert.ok(secondMs - firstMs < firstPauseMs, `it waited for ${secondMs - firstMs} ms`);
});

test('a console or a pusher that has the old password keeps no watcher that takes over from reading', async () => {
  await using fake = await FakeDirectory.start(() => ({}), { bind: 'silence' });
  const { run, tried } = await runOn(fake);
  await using _ = run;
  const active = await run.inside('watcher');
  await tried(1, { withinMs: soonMs });
  await run.inside('watcher');
  for (let count = 0; count < 3; count++) await countRefusal(run.store, directoryId, { of: 'other' });
  await active.stop();
  await tried(2, { withinMs: soonMs });
});
