import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { fragmentIdOf, HiddenMasterPassword, isFragmentId } from './derived.ts';
import { CompanyHalf, KeyHalfError, LastPassHalf } from './key-halves.ts';

/** Reckoned by Python's hashlib. */
const known = {
  k1: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  k2: '//z59vPw7ern5OHe29jV0s/MycbDwL26t7SxrquopaI=',
  fragmentId: 'Yw3NKWbEM2aRElRIu7JbT/QSpJxzLbLIq8G4WBvXEN0=',
  password: '76VYem8vYmzDgV3EBir+0MH5PP0r137JHw6xDslEg7Q=',
};

test('fragment id and hidden master password are those that LastPass reckons', () => {
  const k1 = CompanyHalf.from(known.k1);
  assert.equal(fragmentIdOf(k1), known.fragmentId);
  assert.equal(HiddenMasterPassword.of(k1, LastPassHalf.from(known.k2)).reveal(), known.password);
  assert.ok(isFragmentId(known.fragmentId));
  for (const text of ['', known.fragmentId.slice(1), `${known.fragmentId}=`, 'x'.repeat(44)])
    assert.ok(!isFragmentId(text), text);
});

test('a new half is 32 random bytes, and K2 as long as the K1 that it belongs to', () => {
  const [one, other] = [CompanyHalf.random(), CompanyHalf.random()];
  assert.equal(one.length, 32);
  assert.ok(!one.equals(other) && one.equals(CompanyHalf.from(one.reveal())));
  const long = CompanyHalf.from(Buffer.alloc(64, 7).toString('base64'));
  assert.equal(LastPassHalf.randomFor(long).length, 64);
  assert.throws(() => HiddenMasterPassword.of(one, LastPassHalf.randomFor(long)), /K1 has 32 bytes and K2 64/);
});

test('a text with a slip in it is no key, and the refusal does not repeat it', () => {
  for (const text of [
    '',
    `${known.k1}\n`,
    known.k1.slice(0, -1),
    known.k1.replace('A', '-'),
    known.k1.replace('8=', '9='), // the same bytes, written otherwise
    Buffer.alloc(15, 1).toString('base64'),
    Buffer.alloc(129, 1).toString('base64'),
  ])
    for (const half of [CompanyHalf, LastPassHalf])
      assert.throws(
        () => half.from(text),
        (error) => error instanceof KeyHalfError && (text === '' || !error.message.includes(text.trim())),
        text,
      );
});

test('nothing prints a key by accident', () => {
  const k1 = CompanyHalf.from(known.k1);
  const k2 = LastPassHalf.from(known.k2);
  for (const secret of [k1, k2, HiddenMasterPassword.of(k1, k2)]) {
    const text = secret.reveal();
    const bytes = [...secret.bytes()].join(', ');
    const cause = new Error('x', { cause: { secret } });
    const printed = [
      `${secret}`,
      JSON.stringify({ secret, list: [secret] }),
      inspect({ secret }, { depth: 9, showHidden: true }),
      inspect(cause, { depth: 9 }),
      JSON.stringify(structuredClone({ secret })),
      JSON.stringify(Object.entries(secret)),
    ];
    for (const each of printed) assert.ok(!each.includes(text) && !each.includes(bytes), each);
  }
});

test('at its end a key is wiped, and used no more', () => {
  const k1 = CompanyHalf.from(known.k1);
  const bytes = k1.bytes();
  {
    using _ = k1;
  }
  assert.deepEqual(bytes, Buffer.alloc(32));
  assert.throws(() => k1.reveal(), /after its end/);
  assert.throws(() => fragmentIdOf(k1), /after its end/);
});
