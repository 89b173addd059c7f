import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fragmentIdOf } from './derived.ts';
import { CompanyHalf, LastPassHalf } from './key-halves.ts';
import { type KeyRegistrar, lastPassHalfFor, RegistrarError } from './key-registrar.ts';

const username = 'ann@example.com';
const k1 = CompanyHalf.random();

interface Memory extends KeyRegistrar {
  /** username → K2 and fragment id, as texts. */
  readonly kept: Map<string, { k2: string; fragmentId: string }>;
}

/** A registrar in memory. `before` is run ahead of keeping, and may throw. */
function memory(before: (registrar: Memory) => void = () => undefined): Memory {
  const registrar: Memory = {
    kept: new Map(),
    async registered(name) {
      const found = this.kept.get(name);
      if (found === undefined) return null;
      return { k2: LastPassHalf.from(found.k2), fragmentId: found.fragmentId as ReturnType<typeof fragmentIdOf> };
    },
    async register({ username: name, k2, fragmentId }) {
      before(registrar);
      if (registrar.kept.has(name)) throw new RegistrarError('taken', 'taken');
      registrar.kept.set(name, { k2: k2.reveal(), fragmentId });
    },
  };
  return registrar;
}

test("a user's K2 is made once, and the same for whoever asks later", async () => {
  const registrar = memory();
  const first = await lastPassHalfFor(registrar, { username, k1 });
  const second = await lastPassHalfFor(registrar, { username, k1 });
  assert.ok(first.equals(second));
  assert.deepEqual(registrar.kept.get(username), { k2: first.reveal(), fragmentId: fragmentIdOf(k1) });
  const other = await lastPassHalfFor(registrar, { username: 'bob@example.com', k1 });
  assert.ok(!first.equals(other));
});

test('whoever comes second takes what the quicker one has registered', async () => {
  const theirs = { k2: LastPassHalf.randomFor(k1).reveal(), fragmentId: fragmentIdOf(k1) };
  const registrar = memory(({ kept }) => kept.set(username, theirs));
  assert.equal((await lastPassHalfFor(registrar, { username, k1 })).reveal(), theirs.k2);
});

test('a K2 that belongs to another K1 is neither used nor replaced', async () => {
  const registrar = memory();
  const before = await lastPassHalfFor(registrar, { username, k1 });
  await assert.rejects(
    lastPassHalfFor(registrar, { username, k1: CompanyHalf.random() }),
    (error) => error instanceof RegistrarError && error.code === 'other-k1' && /restore that K1/.test(error.message),
  );
  assert.equal(registrar.kept.get(username)?.k2, before.reveal());
});

test('what the registrar refuses is not taken for a K2', async () => {
  const registrar = memory(() => {
    throw new RegistrarError('unavailable', 'away');
  });
  await assert.rejects(lastPassHalfFor(registrar, { username, k1 }), /away/);
  const torn = memory(() => {
    throw new RegistrarError('taken', 'taken');
  });
  await assert.rejects(lastPassHalfFor(torn, { username, k1 }), /tells of none/);
});
