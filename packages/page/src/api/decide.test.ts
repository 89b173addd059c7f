import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide, mostNamed } from './decide.ts';

/** A console that knows nobody named `gone`. */
function consoleIn(sent: unknown[]): typeof fetch {
  return async (address, init) => {
    if (String(address).endsWith('/session')) return Response.json({ csrfToken: 'the token' });
    assert.equal(new Headers(init?.headers).get('x-csrf-token'), 'the token');
    const body = JSON.parse(String(init?.body));
    sent.push(body);
    const who: string[] = body.who ?? [];
    const notFound = who
      .filter((each) => each === 'gone')
      .map((each) => ({ who: each, problem: 'unknown', candidates: [] }));
    const people = who
      .filter((each) => each !== 'gone')
      .map((person) => ({ person, name: person, outcome: 'retried' }));
    const stopped = sent.length > 1 ? 'somebody paused it' : null;
    return Response.json({ people, notFound, stopped }, { status: notFound.length > 0 ? 409 : 200 });
  };
}

test('more people than can be named at once are sent in parts, and told as one: also those who weren’t found', async ({
  mock,
}) => {
  const sent: { who: string[] }[] = [];
  mock.method(globalThis, 'fetch', consoleIn(sent));
  const who = [...Array.from({ length: mostNamed + 1 }, (_, index) => `corp/${index}`), 'gone'];
  const { people, groups, notFound, stopped } = await decide('retry', { who });
  assert.deepEqual(
    sent.map((part) => part.who.length),
    [mostNamed, 2],
  );
  assert.deepEqual([people.length, groups?.length, notFound.length], [mostNamed + 1, 0, 1]);
  assert.equal(stopped, 'somebody paused it', 'as it was at the last part');
});

test('everybody on a list is one request, without any name', async ({ mock }) => {
  const sent: unknown[] = [];
  mock.method(globalThis, 'fetch', consoleIn(sent));
  await decide('release', { all: ['held'] });
  assert.deepEqual(sent, [{ all: ['held'] }]);
});
