/** A preview by way of the API, on a real domain: the document of the command, made beside everything else, and given up whenever one likes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from '@connector/shared/configuration.ts';
import type { Service } from '@connector/shared/service.ts';
import Fastify from 'fastify';
import { pino } from 'pino';
import { addPages } from '../../services/console/src/service/pages.ts';
import { Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';

const token = 'the-token-of-this-test-and-no-other';

/** All that Redis holds. */
async function everything({ store: { redis } }: Stack): Promise<Record<string, string>> {
  const names = (await redis.keys('*')).sort();
  const values = await Promise.all(names.map(async (name) => (await redis.dumpBuffer(name))?.toString('hex') ?? ''));
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
}

test('the API makes the preview that the command makes, one at a time, writes nothing, and gives it up when asked', async () => {
  await using stack = await Stack.create({ directory: (base) => ({ userBases: [`OU=Staff,${base}`] }) });
  const { admin, domain, simulator } = stack;
  await admin.createOu({ name: 'Staff' });
  const ou = `OU=Staff,${domain.baseDn}`;
  for (const name of ['ann', 'bob']) await admin.createUser({ name, ou, mail: `${name}@company.test` });
  await stack.configure({ console: { token } });
  const configuration = loadConfiguration({ CONNECTOR_CONFIG: stack.configFile });
  const surface = Fastify();
  const log = pino({ level: 'silent' });
  const { signal } = new AbortController();
  await addPages(surface, { configuration, store: stack.store, log, signal } as Service);
  const ask = async (method: 'GET' | 'POST' | 'DELETE') => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await surface.inject({ method, url: '/api/v1/preview', headers });
    return { status: answer.statusCode, ...answer.json() };
  };
  const made = () =>
    waitUntil(
      'it to be made',
      async () => {
        const now = await ask('GET');
        if (now.state === 'failed') throw new Error(now.error.message);
        return now.state === 'made' && now;
      },
      { withinMs: 60_000 },
    );
  const isAtWork = async () => /name=preview /.test(String(await stack.store.redis.client('LIST')));
  const isGone = async () => !(await isAtWork());
  try {
    const [before, since] = [await everything(stack), await simulator.lastCall()];
    const begun = await ask('POST');
    assert.deepEqual([begun.status, begun.state, begun.preview], [202, 'under way', null]);
    assert.equal((await ask('POST')).begunAt, begun.begunAt, 'a second one was begun');
    const first = await made();
    assert.deepEqual(
      [first.progress, first.error, Date.parse(first.madeAt) >= Date.parse(begun.begunAt)],
      [null, null, true],
    );
    assert.deepEqual(await everything(stack), before);
    assert.deepEqual(await simulator.writes(since), []);
    await using command = stack.command('preview', '--json');
    await command.ended;
    assert.deepEqual(first.preview, JSON.parse(command.output));
    assert.equal(first.preview.sent.length, 2);

    await admin.createUser({ name: 'eve', ou, mail: 'eve@company.test' });
    assert.equal((await ask('GET')).preview.sent.length, 2, 'as it was made');
    assert.equal((await ask('POST')).preview, null);
    assert.equal((await made()).preview.sent.length, 3);

    await waitUntil('the last one to have gone', isGone);
    await simulator.faults([{ kind: 'hang', cmd: 'getuserdata' }]); // by itself it would go on for 20 s
    await ask('POST');
    await waitUntil('it to work', isAtWork);
    assert.equal((await ask('DELETE')).givenUp, true);
    assert.equal((await ask('GET')).state, 'none');
    await waitUntil('it to have gone', isGone, { withinMs: 5_000 });
    await ask('POST');
    await waitUntil('it to work', isAtWork);
  } finally {
    await surface.close();
  }
  await waitUntil('it to have gone with the console', isGone, { withinMs: 5_000 });
});
