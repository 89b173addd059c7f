/**
 * A server's answers spoilt on their way, byte by byte and message by message, over a real socket. What the connection gives is what
 * the server said, or a `DirectoryError`: a part is never taken for the whole, and nobody for absent who wasn't said to be.
 */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { connectDirectory, type DirectoryConnection } from '@connector/active-directory/connection.ts';
import { watchForChanges } from '@connector/active-directory/doorbell.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import { type DirectoryChange, directoryChange } from '@connector/shared/directory-change.ts';
import fc from 'fast-check';
import {
  type Answerer,
  cookieIn,
  dirSyncOid,
  FakeDirectory,
  type FakeEntry,
  pageOid,
  sequence,
} from '../support/fake-directory.ts';
import { controlOid, cut, decode, encode } from '../support/ldap/messages.ts';
import { holds, watchForStrays } from './runs.ts';

const guidOf = (index: number) => `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`;
const person = (index: number): FakeEntry => ({
  dn: `<GUID=${guidOf(index)}>;CN=P${index},DC=example,DC=test`,
  attributes: {
    objectClass: ['top', 'person', 'user'],
    name: [`P${index}`],
    userAccountControl: ['512'],
    mail: [`p${index}@example.test`],
    memberOf: [`<GUID=${guidOf(9)}>;CN=G,DC=example,DC=test`],
  },
});

/** Two pages of two people, or what changed since a cookie, or one by objectGUID. */
const truth: Answerer = ({ base, controls }) => {
  if (controls.has(controlOid.notification)) return 'silence';
  const index = Number(/^<GUID=[0-9-]*?([1-9]\d*)>$/.exec(base)?.[1] ?? 0);
  if (index > 0) return { entries: [person(index)] };
  if (controls.has(dirSyncOid))
    return { entries: [person(1), person(2)], controls: { [dirSyncOid]: sequence(0, 0, Buffer.from('new')) } };
  const isSecond = cookieIn(controls.get(pageOid)) === 'second';
  const page = { [pageOid]: sequence(0, Buffer.from(isSecond ? '' : 'second')) };
  return { entries: isSecond ? [person(3), person(4)] : [person(1), person(2)], controls: page };
};

/** What is asked of a directory. */
const questions = {
  everything: async (connection: DirectoryConnection) =>
    (await Array.fromAsync(connection.everything({ pageSize: 2 }))).flat(),
  changes: async (connection: DirectoryConnection) =>
    (await Array.fromAsync(connection.changesSince(Buffer.from('old')))).flatMap(({ changes }) => changes),
  lookUp: (connection: DirectoryConnection) => connection.lookUp([guidOf(1), guidOf(2)]),
} as const;
type Question = keyof typeof questions;
const anyQuestion = fc.constantFrom<Question>('everything', 'changes', 'lookUp');

/** A server that says too little is waited for so long. */
const silenceMs = 300;

type Spoil = (answer: Buffer) => { readonly sent: Buffer; readonly isCut: boolean };

/** Asks; the changes, or the error of ours. A server that says too little is given up after a moment. */
async function ask(
  question: Question,
  spoil: Spoil,
  timeoutMs = silenceMs,
): Promise<DirectoryChange[] | DirectoryError> {
  await using fake = await FakeDirectory.start(truth, { spoil });
  const options = { urls: [fake.url], bindDn: 'CN=svc', bindPassword: 'secret', insecure: true, timeoutMs };
  try {
    await using connection = await connectDirectory(options);
    return await questions[question](connection);
  } catch (error) {
    assert.ok(error instanceof DirectoryError, `${error}`);
    assert.doesNotMatch(error.message, /[\r\n]/);
    return error;
  }
}

const truths = new Map<Question, DirectoryChange[]>();
for (const question of ['everything', 'changes', 'lookUp'] as const) {
  const answer = await ask(question, (sent) => ({ sent, isCut: false }), 10_000);
  assert.ok(Array.isArray(answer), `${answer}`);
  truths.set(question, answer);
}

describe('an answer that is spoilt on its way', () => {
  const strays = watchForStrays();
  after(() => strays.end());

  test('cut anywhere is an error, never a shorter answer', async (context) => {
    const property = fc.asyncProperty(anyQuestion, fc.nat(), async (question, at) => {
      const answer = await ask(question, (all) => ({ sent: all.subarray(0, at % all.length), isCut: true }));
      assert.ok(answer instanceof DirectoryError, JSON.stringify(answer));
    });
    await holds(context, property, { runs: 150 });
  });

  test('with the id of another question, or as another kind of answer, is no answer', async (context) => {
    const other = fc.oneof(
      fc.integer({ min: -10, max: 10_000 }).map((id) => ({ id })),
      fc.constantFrom(0x61, 0x78, 0x6f).map((operation) => ({ operation })),
    );
    const property = fc.asyncProperty(anyQuestion, other, async (question, change) => {
      const answer = await ask(question, (all) => {
        const messages = cut(all).messages.map(decode);
        const ids = new Set(messages.map(({ id }) => id));
        if ('id' in change && ids.has(change.id)) return { sent: all, isCut: false };
        const last = messages.length - 1;
        const spoilt = messages.map((each, index) =>
          'operation' in change && index < last ? each : { ...each, ...change },
        );
        return { sent: Buffer.concat(spoilt.map(encode)), isCut: false };
      });
      if (Array.isArray(answer)) assert.deepEqual(answer, truths.get(question));
    });
    await holds(context, property, { runs: 60 });
  });

  test('with any bytes changed is an error or changes that the log may hold, and nobody is deleted by it', async (context) => {
    const edits = fc.array(fc.record({ at: fc.nat(), cut: fc.nat({ max: 4 }), put: fc.uint8Array({ maxLength: 4 }) }), {
      minLength: 1,
      maxLength: 4,
    });
    const property = fc.asyncProperty(anyQuestion, edits, async (question, all) => {
      const answer = await ask(question, (bytes) => {
        const sent = all.reduce((left, { at, cut: length, put }) => {
          const from = at % (left.length + 1);
          return Buffer.concat([left.subarray(0, from), put, left.subarray(from + length)]);
        }, bytes);
        return { sent, isCut: true };
      });
      if (!Array.isArray(answer)) return;
      for (const change of answer) {
        directoryChange.parse(JSON.parse(JSON.stringify(change)));
        assert.notEqual(change.deleted, true);
      }
      if (question !== 'lookUp')
        assert.deepEqual(
          answer.filter(({ absent }) => absent),
          [],
        );
    });
    await holds(context, property, { runs: 1_000 });
  });

  test('announcing any length is an error at once, and takes neither memory nor time', async (context) => {
    const property = fc.asyncProperty(
      anyQuestion,
      fc.nat(),
      fc.uint8Array({ minLength: 1, maxLength: 5 }),
      async (question, at, length) => {
        const before = process.memoryUsage().rss;
        const answer = await ask(question, (all) => {
          const sent = Buffer.from(all);
          Buffer.from([0x80 | length.length, ...length]).copy(sent, 1 + (at % (all.length - 7)));
          return { sent, isCut: true };
        });
        if (Array.isArray(answer))
          for (const change of answer) directoryChange.parse(JSON.parse(JSON.stringify(change)));
        assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024);
      },
    );
    await holds(context, property, { runs: 600 });
  });

  test('junk that nobody asked for ends the doorbell with a reason, and nothing else', async (context) => {
    const property = fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (junk) => {
      await using fake = await FakeDirectory.start(truth);
      const ended = Promise.withResolvers<DirectoryError>();
      const options = { urls: [fake.url], bindDn: 'CN=svc', bindPassword: 'secret', insecure: true, timeoutMs: 1_000 };
      const bell = await watchForChanges(options, { onRing: () => undefined, onEnd: ended.resolve });
      fake.send(Buffer.concat([Buffer.from(junk), Buffer.from('\r\n\r\n'.repeat(50))]));
      await fake.hangUp();
      const reason = await ended.promise;
      assert.ok(reason instanceof DirectoryError);
      await bell.close();
    });
    await holds(context, property, { runs: 60 });
  });

  test('leaves no rejection that nobody handles', () => assert.deepEqual(strays.found, []));
});
