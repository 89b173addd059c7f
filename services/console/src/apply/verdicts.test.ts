import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '@connector/shared/account.ts';
import type { Link, Plan, Step } from '@connector/shared/plan.ts';
import { stepDigest } from '@connector/sync/requests/reviewed-steps.ts';
import type { PlannedPerson } from '../plan-file/plan-file.ts';
import { asJudged, canAllBeDone, isAllDone, outcomesOf } from './outcomes.ts';
import { isSo, nowOf, type PersonNow } from './person-now.ts';
import { digestsToSend } from './send-reviewed.ts';
import { judgeFile, notInFile, type Verdict } from './verdicts.ts';

const username = 'ann@x.org';
const link: Link = { username, id: '1', disabledByUs: false, removedByUs: false };
const account: Account = {
  username,
  id: '1',
  fullname: 'Ann',
  disabled: false,
  admin: false,
  groups: ['Sales'],
  invited: false,
  objectGuid: null,
  directory: null,
};
const rename: Step = { kind: 'rename', fullname: 'Ann Lee', because: 'is called "Ann" at LastPass' };
const disable: Step = { kind: 'disable', because: 'was deleted' };
const leave: Step = { kind: 'leave-groups', groups: ['Sales'], because: 'is no member' };
const create: Step = { kind: 'create', fullname: 'Ann', groups: [], because: 'is in scope' };

const planned = (steps: Step[], changes: Partial<PlannedPerson> = {}): PlannedPerson => ({
  person: 'corp/1',
  username,
  name: 'Ann',
  outcome: 'sent',
  because: null,
  account: null,
  steps,
  ...changes,
});
const planOf = (steps: Step[], changes: Partial<Plan> = {}): Plan => ({
  username,
  name: 'Ann',
  steps,
  guarded: 'digest',
  cleared: true,
  mustHold: null,
  certain: false,
  heldBecause: null,
  inputs: { touched: 1, account: null, policy: 'p' },
  madeAtMs: 1,
  ...changes,
});
const nowWith = (changes: Partial<PersonNow>): PersonNow => ({
  plan: null,
  list: null,
  link,
  account,
  isStray: false,
  setAside: null,
  ...changes,
});

/** The verdicts on one person's steps. */
function verdicts(
  file: PlannedPerson,
  now: Partial<PersonNow>,
  { withHeld = false, sent = [] as readonly Step[] } = {},
): readonly Verdict[] {
  const people = new Map([[file.person, nowWith(now)]]);
  const coming =
    sent.length === 0 ? [] : [{ person: file.person, username, name: '', account: null, steps: sent, calls: [] }];
  return judgeFile([file], { people, sent: coming }, { withHeld })[0]?.verdicts ?? [];
}
const kinds = (...args: Parameters<typeof verdicts>) => verdicts(...args).map(({ kind }) => kind);

test('a step that is planned just like that goes, whatever else is planned beside it', () => {
  assert.deepEqual(kinds(planned([rename]), { plan: planOf([disable, rename]) }), ['goes']);
});

test('a step that is planned for another reason, from another state or under another name has moved', () => {
  for (const step of [
    { ...rename, because: 'is called "An" at LastPass' },
    { ...rename, fullname: 'Ann Li' },
  ])
    assert.deepEqual(kinds(planned([rename]), { plan: planOf([step]) }), ['moved']);
  assert.deepEqual(kinds(planned([rename]), { plan: planOf([rename], { username: 'other@x.org' }) }), ['moved']);
});

test('whether a create is one of the first run, or was pending, makes no other step of it', () => {
  for (const step of [{ ...create, firstRun: true } as const, { ...create, needsApproval: true } as const])
    assert.deepEqual(kinds(planned([step]), { link: null, account: null, plan: planOf([create]) }), ['goes']);
});

test('what becomes possible only by what goes before it goes, too', () => {
  assert.deepEqual(kinds(planned([rename]), {}, { sent: [rename] }), ['goes']);
  assert.deepEqual(kinds(planned([rename]), {}, { sent: [disable] }), ['moved']);
});

test('what has moved is told with what is true now', () => {
  const because = (now: Partial<PersonNow>) => verdicts(planned([disable]), now)[0]?.because;
  assert.equal(because({ plan: planOf([rename]) }), 'planned now: rename to "Ann Lee" (is called "Ann" at LastPass)');
  assert.equal(because({}), 'nothing is planned any more, the account is enabled');
  assert.equal(because({ setAside: { name: 'Ann', reason: 'has no mail', kind: 'data', sinceMs: 1 } }), 'has no mail');
  const file = planned([rename], { person: 'corp/unknown' });
  const [unknown] = judgeFile([file], { people: new Map(), sent: [] }, { withHeld: false });
  assert.deepEqual(unknown?.verdicts[0], {
    step: rename,
    kind: 'moved',
    because: 'nothing is planned, and there is no account',
  });
});

test('a file can not make up steps, nor take strangers for its people', () => {
  const remove: Step = { kind: 'delete', because: 'was deleted' };
  assert.deepEqual(kinds(planned([remove]), { link: null, account: null, isStray: true }), ['moved']);
  assert.deepEqual(kinds(planned([remove]), { plan: planOf([disable]) }), ['moved']);
});

test('what is held goes only by a word that the reviewer gives, about all that is held together', () => {
  const held = {
    plan: planOf([rename, disable, leave], { cleared: false, heldBecause: 'too many' }),
    list: 'held',
  } as const;
  const file = planned([rename, disable, leave], { outcome: 'held', because: 'too many' });
  assert.deepEqual(kinds(file, held), ['goes', 'held', 'held']);
  assert.equal(verdicts(file, held)[1]?.because, 'too many: "connector release ann@x.org", or --with-held');
  assert.deepEqual(kinds(file, held, { withHeld: true }), ['goes', 'release', 'release']);
  assert.deepEqual(kinds({ ...file, steps: [rename, disable] }, held, { withHeld: true }), ['goes', 'held']);
  assert.deepEqual(kinds({ ...file, outcome: 'sent' }, held, { withHeld: true }), ['goes', 'held', 'held']);
  assert.match(
    verdicts({ ...file, outcome: 'sent' }, held, { withHeld: true })[1]?.because ?? '',
    /which the file doesn't say: "connector release/,
  );
});

test('whoever is pending is approved likewise; whom somebody has rejected is not', () => {
  const plan = planOf([{ ...create, needsApproval: true }], { cleared: false });
  const file = planned([{ ...create, needsApproval: true }], { outcome: 'pending', because: 'new' });
  const pending = { link: null, account: null, plan, list: 'pending' } as const;
  assert.deepEqual(kinds(file, pending), ['pending']);
  assert.deepEqual(kinds(file, pending, { withHeld: true }), ['approve']);
  assert.deepEqual(kinds(file, { ...pending, list: 'rejected' }, { withHeld: true }), ['rejected']);
});

test('what is so already is so for each kind of step', () => {
  const noAccount = { account: null, link: null };
  const so: [Step, Partial<PersonNow>][] = [
    [create, {}],
    [rename, { account: { ...account, fullname: 'Ann Lee' } }],
    [{ kind: 'change-email', to: 'a@x.org', because: '' }, { link: { ...link, changingTo: 'a@x.org' } }],
    [{ kind: 'change-email', to: 'ann@x.org', because: '' }, {}],
    [{ kind: 'enable', because: '' }, {}],
    [disable, { account: { ...account, disabled: true } }],
    [{ kind: 'join-groups', groups: ['sales'], because: '' }, {}],
    [leave, { account: { ...account, groups: [] } }],
    ...(['withdraw', 'remove', 'delete'] as const).map((kind): [Step, object] => [{ kind, because: '' }, noAccount]),
  ];
  const notSo: [Step, Partial<PersonNow>][] = [
    [create, noAccount],
    [rename, {}],
    [rename, noAccount],
    [{ kind: 'change-email', to: 'a@x.org', because: '' }, {}],
    [{ kind: 'enable', because: '' }, noAccount],
    [disable, {}],
    [disable, noAccount],
    [{ kind: 'join-groups', groups: ['Sales', 'Staff'], because: '' }, {}],
    [leave, {}],
    [leave, noAccount],
    ...(['withdraw', 'remove', 'delete'] as const).map((kind): [Step, object] => [{ kind, because: '' }, {}]),
  ];
  for (const [step, now] of so) assert.equal(isSo(step, nowWith(now)), true, step.kind);
  for (const [step, now] of notSo) assert.equal(isSo(step, nowWith(now)), false, step.kind);
  assert.deepEqual(kinds(planned([disable]), { account: { ...account, disabled: true } }), ['already so']);
});

test('of whom a part is sent and the rest released, both go in one run', () => {
  const plan = planOf([rename, disable], { cleared: false });
  const file = [planned([rename]), planned([disable], { outcome: 'held', because: 'too many' })];
  const people = new Map([['corp/1', nowWith({ plan, list: 'held' })]]);
  const judged = judgeFile(file, { people, sent: [] }, { withHeld: true });
  assert.deepEqual(
    judged.map(({ verdicts: [first] }) => first?.kind),
    ['goes', 'release'],
  );
  const digests = [rename, disable].map((step) => stepDigest(username, step));
  assert.deepEqual(digestsToSend(judged), new Map([['corp/1', digests]]));
});

test('what the file does not have is counted, by the step', () => {
  const sent = [
    { person: 'corp/1', username, name: '', account: null, steps: [rename, disable], calls: [] },
    { person: 'corp/2', username: 'b@x.org', name: '', account: null, steps: [rename], calls: [] },
  ];
  assert.deepEqual(notInFile([planned([rename])], { people: new Map(), sent }), { people: 2, steps: 2 });
  assert.deepEqual(notInFile([planned([rename, disable])], { people: new Map(), sent: sent.slice(0, 1) }), {
    people: 0,
    steps: 0,
  });
});

test('of what went it is told what became of it: delivered, set aside, moved in between, or not done yet', () => {
  const judged = [{ planned: planned([rename]), verdicts: [{ step: rename, kind: 'goes', because: null } as const] }];
  const became = (now: Partial<PersonNow>) => {
    const people = outcomesOf(judged, () => nowWith(now));
    const applied = { end: 'finished', people, notInFile: null, last: null } as const;
    return [people[0]?.outcomes[0]?.kind, isAllDone(applied)];
  };
  const plan = planOf([rename]);
  assert.deepEqual(became({ account: { ...account, fullname: 'Ann Lee' } }), ['delivered', true]);
  assert.deepEqual(became({ plan: planOf([disable]) }), ['moved', false]);
  assert.deepEqual(became({ plan }), ['outstanding', false]);
  const refusal = { name: 'Ann', reason: 'LastPass refuses', kind: 'refused', sinceMs: 1 } as const;
  assert.deepEqual(became({ plan, setAside: refusal }), ['set aside', false]);
  assert.deepEqual(nowOf(new Map(), 'corp/1').plan, null);
});

test('a dry run is fine where everything could go, and not where anything is refused', () => {
  const dry = (...of: Verdict['kind'][]) =>
    canAllBeDone({
      end: 'dry run',
      people: asJudged([
        { planned: planned([rename]), verdicts: of.map((kind) => ({ step: rename, kind, because: null })) },
      ]),
      notInFile: null,
      last: null,
    });
  assert.deepEqual([dry('goes', 'already so', 'release'), dry('goes', 'held'), dry('moved')], [true, false, false]);
});
