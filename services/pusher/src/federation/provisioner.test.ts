import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fragmentIdOf, HiddenMasterPassword } from '@connector/federation/derived.ts';
import { CompanyHalf, LastPassHalf } from '@connector/federation/key-halves.ts';
import { type KeyRegistrar, type RegisteredKey, RegistrarError } from '@connector/federation/key-registrar.ts';
import { Provisioner, type ToProvision } from './provisioner.ts';

const k1 = CompanyHalf.random().reveal();
const person = (name: string): ToProvision => ({
  ...{ person: `corp/${name}`, username: `${name}@company.test`, federated: 'companyKey' },
});

/** A registrar in memory that counts what it is asked, and fails as the test says. */
function setUp(t: TestContext) {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000_000 });
  const kept = new Map<string, { readonly k2: string; readonly fragmentId: RegisteredKey['fragmentId'] }>();
  const asked = { times: 0 };
  const failing: { with: RegistrarError | null; about?: string } = { with: null };
  const registrar: KeyRegistrar = {
    async registered(username) {
      asked.times++;
      if (failing.with !== null && (failing.about ?? username) === username) throw failing.with;
      const known = kept.get(username);
      return known === undefined ? null : { k2: LastPassHalf.from(known.k2), fragmentId: known.fragmentId };
    },
    async register({ username, k2, fragmentId }) {
      kept.set(username, { k2: k2.reveal(), fragmentId });
    },
  };
  const provisioner = new Provisioner({
    registrar,
    missing: () => [],
    companyKeyFragmentId: fragmentIdOf(CompanyHalf.from(k1)),
    halvesBy: () => ({ of: async () => CompanyHalf.from(k1), async [Symbol.asyncDispose]() {} }),
    signal: new AbortController().signal,
  });
  return { provisioner, kept, asked, failing };
}

test('the password is that of both halves, the same each time, and gone once it is disposed of', async (t) => {
  const { provisioner, kept } = setUp(t);
  const ann = person('ann');
  const provisioned = await provisioner.provision([ann]);
  const { k2 = '' } = kept.get(ann.username) ?? {};
  const expected = HiddenMasterPassword.of(CompanyHalf.from(k1), LastPassHalf.from(k2)).reveal();
  assert.equal(provisioned.masterPasswordOf(ann.person).reveal(), expected);
  using again = await provisioner.provision([ann]);
  assert.equal(again.masterPasswordOf(ann.person).reveal(), expected);
  provisioned[Symbol.dispose]();
  assert.throws(() => provisioned.masterPasswordOf(ann.person), /without their key/);
});

test('one user’s trouble is theirs alone; the registrar’s is everybody’s, and it is left in peace for a while', async (t) => {
  const { provisioner, kept, asked, failing } = setUp(t);
  kept.set('ann@company.test', {
    k2: LastPassHalf.randomFor(CompanyHalf.from(k1)).reveal(),
    fragmentId: fragmentIdOf(CompanyHalf.random()),
  });
  using mixed = await provisioner.provision([person('ann'), person('bob')]);
  assert.deepEqual([...mixed.refused.keys()], ['corp/ann']);
  assert.equal(mixed.trouble, null);
  assert.ok(mixed.masterPasswordOf('corp/bob'));
  failing.with = new RegistrarError('unavailable', 'it is away');
  const many = Array.from({ length: 25 }, (_, index) => person(`p${index}`));
  using away = await provisioner.provision(many);
  assert.deepEqual([away.trouble, away.waiting.size, away.refused.size], ['it is away', 25, 0]);
  failing.with = null;
  const before = asked.times;
  using resting = await provisioner.provision(many);
  assert.deepEqual([resting.trouble, resting.waiting.size, asked.times], ['it is away', 25, before]);
  t.mock.timers.tick(5_001);
  using back = await provisioner.provision(many);
  assert.deepEqual([back.trouble, back.waiting.size], [null, 0]);
});

test('a key of the company’s is none of a user’s own, and nothing is registered over it', async (t) => {
  const { provisioner, kept } = setUp(t);
  (await provisioner.provision([person('ann')]))[Symbol.dispose]();
  const before = kept.get('ann@company.test');
  using other = await provisioner.provision([{ ...person('ann'), federated: 'userKey' }]);
  assert.match(other.refused.get('corp/ann') ?? '', /belongs to the company's key, and policy\.federation is userKey/);
  assert.equal(kept.get('ann@company.test'), before);
});

test('who has a key is told of everybody about whom the registrar answers, and of the others that it doesn’t', async (t) => {
  const { provisioner, failing, kept } = setUp(t);
  (await provisioner.provision([person('ann')]))[Symbol.dispose]();
  assert.equal(kept.size, 1);
  failing.about = 'bob@company.test';
  failing.with = new RegistrarError('unavailable', 'it is away');
  const names = ['ann', 'bob', 'cyd'].map((name) => `${name}@company.test`);
  assert.deepEqual(await provisioner.registeredAmong(names), {
    registered: new Set(['ann@company.test']),
    unanswered: new Set(['bob@company.test']),
    trouble: 'it is away',
  });
});
