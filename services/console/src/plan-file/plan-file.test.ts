import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Step } from '@connector/shared/plan.ts';
import type { Preview } from '@connector/sync/preview/preview.ts';
import { type PlanFile, planFileOf } from './plan-file.ts';
import { planFileText } from './plan-file-text.ts';
import { PlanFileError, parsePlanFile, readPlanFile } from './read-plan-file.ts';
import { checkPlanFilePath, writePlanFile } from './write-plan-file.ts';

const here = { tenant: 't', prefix: 'connector', policyVersion: 'p' };
const account = {
  username: 'ann@x.org',
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
const somebody = (name: string, steps: readonly Step[]) => ({
  person: `corp/${name}`,
  username: `${name}@x.org`,
  name,
  account,
  steps,
});
const shown: Preview = {
  sent: [
    { ...somebody('bob', [rename]), calls: [] },
    { ...somebody('ann', [rename, disable]), calls: [] },
  ],
  held: [{ ...somebody('eve', [disable]), because: 'too many' }],
  groups: [],
  pending: [{ ...somebody('ida', [rename]), account: null, because: 'new' }],
  setAside: [],
  read: { objects: 9, accounts: 3 },
};
const made = (preview = shown): PlanFile =>
  planFileOf(preview, { by: 'me', madeAtMs: Date.UTC(2026, 10, 28), place: here, directories: ['corp'] });

const parse = (text: string) => parsePlanFile(text, { file: 'plan.json', here });
/** The lines with which a text is refused. */
const refused = (text: string): string[] => {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof PlanFileError);
    return error.message.split('\n');
  }
  return [];
};
/** A file as somebody with an editor sees it: anything can be made of it. */
interface Editable extends Record<'version' | 'tenant' | 'prefix' | 'policyVersion', unknown> {
  people: { person: unknown; outcome: unknown; steps: Record<string, unknown>[] }[];
}
type People = Editable['people'];

/** The file after an edit of its JSON. */
function edited(edit: (file: Editable, people: Required<Record<0 | 1 | 2 | 3, People[number]>>) => void): string {
  const file: Editable = JSON.parse(JSON.stringify(made()));
  const [first, second, third, fourth] = file.people;
  assert.ok(first && second && third && fourth);
  edit(file, { 0: first, 1: second, 2: third, 3: fourth });
  return JSON.stringify(file);
}

let dir: string;
before(() => {
  dir = mkdtempSync(join(tmpdir(), 'plan-file-'));
});
after(() => rmSync(dir, { recursive: true, force: true }));

test('what is written is read back, in an order of its own, with what the steps were planned from', () => {
  const file = parse(planFileText(made()));
  assert.deepEqual(file, made());
  assert.deepEqual(
    file.people.map(({ username, outcome, because }) => [username, outcome, because]),
    [
      ['ann@x.org', 'sent', null],
      ['bob@x.org', 'sent', null],
      ['eve@x.org', 'held', 'too many'],
      ['ida@x.org', 'pending', 'new'],
    ],
  );
  assert.deepEqual(file.people[0]?.account, { fullname: 'Ann', disabled: false, invited: false, groups: ['Sales'] });
  assert.equal(file.people[3]?.account, null);
  assert.deepEqual(file.counts, { people: 4, steps: 5 });
});

test('each step has a line of its own: whoever takes one out touches no other, and the same plan is the same text', () => {
  const text = planFileText(made());
  assert.match(text, /^ {8}\{ "kind": "disable", "because": "was deleted" \},?$/m);
  assert.match(text, /^ {2}"read": \{ "objects": 9, "accounts": 3 \},$/m);
  assert.equal(text.split('\n').filter((line) => line.includes('"kind"')).length, 5);
  assert.equal(planFileText(made({ ...shown, sent: shown.sent.toReversed() })), text);
});

test('nothing in the file can steer the terminal that shows it', () => {
  const evil = 'Eve\u001b[2J\u009b2J\u202e\n';
  const text = planFileText(made({ ...shown, held: [{ ...somebody(evil, [disable]), because: evil }] }));
  assert.doesNotMatch(text, /[^\P{Cc}\n]|\u202e/u);
  assert.equal(parse(text).people[2]?.name, evil);
});

test('people and steps that were taken out are no error', () => {
  const text = edited((file) => {
    file.people.splice(1);
    file.people[0]?.steps.splice(0, 1);
  });
  assert.deepEqual(
    parse(text).people.map(({ username, steps }) => [username, steps]),
    [['ann@x.org', [disable]]],
  );
});

test('every problem is told by its place', () => {
  assert.deepEqual(
    refused(
      edited((_, people) => {
        people[0].steps = [{ kind: 'renam' }];
        people[1].steps = [{ kind: 'rename', fullname: 7, because: '', note: 'x' }];
        people[2].steps = [{ kind: 'disable' }];
        people[3].person = 'ida';
        people[3].outcome = 'maybe';
      }),
    ),
    [
      `plan.json: people[0].steps[0].kind: must be one of create, federate, rename, change-email, enable, join-groups, leave-groups, disable, withdraw, remove, delete`,
      'plan.json: people[1].steps[0].fullname: must be a text',
      'plan.json: people[1].steps[0].note: unknown key; remove it',
      'plan.json: people[2].steps[0].because: is missing',
      'plan.json: people[3].person: must be a person key, <directory id>/<objectGUID>',
      'plan.json: people[3].outcome: must be one of sent, held, pending',
    ],
  );
  assert.deepEqual(refused(edited((file, people) => file.people.push(people[0]))), [
    'plan.json: people[4].person: is in people[0] already',
  ]);
});

test('somebody of whom a part would be held is in it as sent and as held, and counted once', () => {
  const part = { ...shown, held: [{ ...somebody('ann', [disable]), because: 'too many' }] };
  const file = made(part);
  assert.equal(file.counts.people, 3);
  assert.deepEqual(
    parse(planFileText(file))
      .people.filter(({ name }) => name === 'ann')
      .map(({ outcome }) => outcome),
    ['sent', 'held'],
  );
});

test('of very many problems the first ten are told', () => {
  const text = edited((file, people) => {
    file.people = Array.from({ length: 5_000 }, () => ({ ...people[0], steps: [{ kind: 'x' }] }));
  });
  const lines = refused(text);
  assert.equal(lines.length, 11);
  assert.equal(lines.at(-1), 'plan.json: … and 4990 more problems');
});

test('what is no JSON, no plan file, or of another tenant, prefix or format is refused in one line', () => {
  for (const { text, line } of [
    { text: planFileText(made()).slice(0, -20), line: /^plan\.json: is no JSON: .*line \d+/ },
    { text: '', line: /^plan\.json: is no JSON/ },
    { text: 'null', line: /^plan\.json: is no plan file/ },
    { text: '{"sent": []}', line: /^plan\.json: is no plan file: make one with "connector preview --out <file>"$/ },
    {
      text: edited((file) => Object.assign(file, { version: 2 })),
      line: /^plan\.json: version: is 2, and this release reads 1: /,
    },
    {
      text: edited((file) => Object.assign(file, { tenant: 'x' })),
      line: /^plan\.json: tenant: .* another LastPass tenant/,
    },
    {
      text: edited((file) => Object.assign(file, { prefix: 'x' })),
      line: /^plan\.json: prefix: is "x", and redis\.prefix is "connector"$/,
    },
  ]) {
    const [first = '', ...others] = refused(text);
    assert.match(first, line);
    assert.deepEqual(others, [], text);
  }
  assert.deepEqual(
    refused(edited((file) => Object.assign(file, { policyVersion: 'another' }))),
    [],
    'told step by step',
  );
});

test('it is for its owner only, replaces an earlier plan whole, and leaves nothing else behind', () => {
  const file = join(dir, 'plan.json');
  writePlanFile(file, made({ ...shown, sent: [] }));
  chmodSync(file, 0o644);
  writePlanFile(file, made());
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readPlanFile(file, here), made());
  assert.deepEqual(readdirSync(dir), ['plan.json']);
});

test('an edited plan is still one, what is anything else is left as it is', () => {
  const file = join(dir, 'edited.json');
  writeFileSync(file, `${planFileText(made()).slice(0, 200)} half an edit`);
  checkPlanFilePath(file);
  const other = join(dir, 'connector.yaml');
  writeFileSync(other, 'directories: []');
  for (const write of [() => checkPlanFilePath(other), () => writePlanFile(other, made())])
    assert.throws(write, /connector\.yaml: is there already, and is no plan file: it is left as it is/);
  assert.equal(readFileSync(other, 'utf8'), 'directories: []');
  assert.deepEqual(
    readdirSync(dir).filter((name) => name.startsWith('.')),
    [],
  );
});

test('through a link nothing else is overwritten', () => {
  const [target, link] = [join(dir, 'target'), join(dir, 'link.json')];
  writeFileSync(target, 'precious');
  symlinkSync(target, link);
  assert.throws(() => writePlanFile(link, made()), /is no plan file/);
  assert.equal(readFileSync(target, 'utf8'), 'precious');
});

test('a folder that is not there, or a file that can not be read, is one line with what to do', () => {
  const file = join(dir, 'nowhere', 'plan.json');
  assert.throws(() => checkPlanFilePath(file), /plan\.json: can't be written \(ENOENT\): name another file$/);
  assert.throws(() => checkPlanFilePath(dir), /can't be written \(EISDIR\)/);
  assert.throws(() => readPlanFile(file, here), /can't be read \(ENOENT\): make one with "connector preview --out/);
});

test('a plan of ten thousand people is a file of some megabytes, read within a second or two', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => ({
    ...somebody(`p${index}`, [rename, disable]),
    calls: [],
  }));
  const text = planFileText(made({ ...shown, sent: many }));
  assert.ok(text.length < 10_000_000, `${text.length} bytes`);
  assert.equal(parse(text).people.length, 10_002);
});
