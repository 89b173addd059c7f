/** New mails where a key registrar is configured, which is asked about each: on a real Redis with the real planner and pusher. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Servers } from '../faults/pipeline.ts';
import { bases, changed, directory, person, surroundings } from '../faults/scenario.ts';
import { waitUntil } from '../support/wait-until.ts';

let servers: Servers;
before(async () => {
  servers = await Servers.create();
});
after(() => servers[Symbol.asyncDispose]());

/** A registrar that has nobody's key, and takes its time to say so. */
async function slowRegistrar({ answersInMs }: { answersInMs: number }): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(async (request, response) => {
    const { username } = JSON.parse(Buffer.concat(await request.toArray()).toString()) as { username: string };
    await sleep(answersInMs);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ username, registered: null }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('however slow the key registrar is, and however many have a new mail, their changes leave', async () => {
  // Eight are asked about side by side: about all 60 it answers in 14 s, about 25 in 7 s, and about 16 within the 5 s that it is given.
  await using registrar = await slowRegistrar({ answersInMs: 1_750 });
  const numbers = Array.from({ length: 60 }, (_, index) => 1_000 + index);
  await using run = await servers.run({
    directory,
    policy: { memberships: 'all' },
    federation: { registrar: { url: registrar.url, token: 'token-of-this-rehearsal' } },
  });
  await run.inside('reconciler');
  const pusher = run.process('pusher');
  await run.appendFullRead([...surroundings(), ...numbers.map((n) => person(n, `p${n}`))], bases);
  await run.quiet();
  const mails = numbers.map((n) => changed(n, { mail: `q${n}@company.test` }));
  await run.append({ type: 'changes', caughtUp: true, changes: mails });
  await waitUntil('who waits to be told', () =>
    /changes of mail wait: the key registrar took longer than 5 s/.test(pusher.output),
  );
  const asked = async () => (await run.calls()).filter(({ cmd }) => cmd === 'updateemail').length;
  await waitUntil('some to be asked for', async () => (await asked()) > 0, { withinMs: 10_000 });
  await waitUntil('all to be asked for', async () => (await asked()) === numbers.length, { withinMs: 60_000 });
  await run.quiet();
  assert.equal(await asked(), numbers.length, 'each once');
});
