import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoppedPerson } from '@connector/sync/preview/not-sent.ts';
import type { Preview } from '@connector/sync/preview/preview.ts';
import { plainly } from '../text/paint.ts';
import { previewText } from './preview-text.ts';

const nothing: Preview = {
  sent: [],
  held: [],
  groups: [],
  pending: [],
  setAside: [],
  read: { objects: 164, accounts: 1 },
};
const text = (changes: Partial<Preview>) => previewText({ ...nothing, ...changes }, { paint: plainly });
const stopped = (name: string, because: string): StoppedPerson => ({
  person: `corp/${name}`,
  username: `${name}@x.org`,
  name,
  account: null,
  steps: [{ kind: 'disable', because: 'was deleted' }],
  because,
});
const create = { kind: 'create' as const, fullname: 'Zoe', groups: ['Sales'], because: 'is in scope' };
const renamed = { group: 'corp/9', verdict: 'held', members: 3, sinceMs: 1 } as const;
const call = { command: 'batchadd', data: [] };

test('nothing to send is said in two lines', () => {
  assert.deepEqual(text({}), [
    'Read 164 objects of Active Directory and 1 account of LastPass; nothing was written.',
    'A sync now would send nothing.',
  ]);
});

test('people are listed by name with their steps, and changes are counted by call', () => {
  const person = {
    person: 'corp/1',
    username: 'zoe@x.org',
    name: 'Zoe',
    account: null,
    steps: [create],
    calls: [call, call],
  };
  const lines = text({ sent: [person, { ...person, name: 'ann', username: 'ann@x.org', calls: [call] }] });
  assert.deepEqual(lines.slice(0, 4), [
    'Would be sent now, for 2 people',
    '  ann  ann@x.org  create, in Sales (is in scope)',
    '  Zoe  zoe@x.org  create, in Sales (is in scope)',
    '',
  ]);
  assert.equal(lines.at(-1), 'A sync now would send 3 changes for 2 people.');
});

test('who would be held stands under the reason, the reason of most people first', () => {
  const lines = text({ held: [stopped('zoe', 'not proved'), stopped('cleo', 'too many'), stopped('bob', 'too many')] });
  assert.deepEqual(lines.slice(0, 6), [
    'Would be held, 2 people: too many',
    '  bob   bob@x.org   disable (was deleted)',
    '  cleo  cleo@x.org  disable (was deleted)',
    '',
    'Would be held, 1 person: not proved',
    '  zoe  zoe@x.org  disable (was deleted)',
  ]);
});

test('renamed groups, who is pending, set aside or deleted by hand stand apart', () => {
  const aside = { person: 'corp/1', name: 'ann', sinceMs: 1 };
  const lines = text({
    groups: [{ ...renamed, name: 'Sales', to: 'Revenue', because: 'is renamed' }],
    pending: [stopped('eve', 'new')],
    setAside: [
      { ...aside, kind: 'data', reason: 'has no mail' },
      { ...aside, kind: 'drift', reason: 'was deleted' },
      { ...aside, name: 'bob', kind: 'refused', reason: 'refused' },
    ],
  });
  assert.deepEqual(lines.filter((line) => /^\S/.test(line)).slice(0, 4), [
    'Renamed in Active Directory, and held, 1 group',
    'Would wait for approval, 1 person: new',
    "Set aside, as they can't be synced, 2 people",
    'Deleted by hand at LastPass, and left so, 1 person',
  ]);
  assert.equal(lines[1], '  Sales  now Revenue  is renamed');
});

test('no name, reason or group can steer the terminal', () => {
  const evil = 'Eve\u001b[2J\r\n\u202eroot';
  const lines = text({
    sent: [
      {
        person: 'corp/1',
        username: evil,
        name: evil,
        account: null,
        steps: [{ ...create, groups: [evil] }],
        calls: [call],
      },
    ],
    held: [stopped(evil, evil)],
    groups: [{ ...renamed, name: evil, to: evil, because: evil }],
    setAside: [{ person: 'corp/1', name: evil, kind: 'data', reason: evil, sinceMs: 1 }],
  });
  assert.doesNotMatch(lines.join(''), /\p{Cc}|\u202e/u);
});

test('what was written is told last, with the command that does it, and with what it leaves out', () => {
  const written = { file: 'plan.json', plan: { counts: { people: 1, steps: 2 } } };
  const lines = (changes: Partial<Preview>) =>
    previewText({ ...nothing, ...changes }, { written, paint: plainly }).filter((line) =>
      /plan\.json|not in it|written/.test(line),
    );
  const wrote =
    'Wrote plan.json: 2 steps for 1 person, for you to review; "connector apply plan.json" does exactly that';
  assert.deepEqual(lines({}), [
    'Read 164 objects of Active Directory and 1 account of LastPass; nothing was written to either.',
    `${wrote}.`,
  ]);
  assert.deepEqual(
    lines({
      held: [stopped('eve', 'many')],
      groups: [{ ...renamed, name: 'Sales', to: 'Revenue', because: '' }],
    }).slice(1),
    [
      `${wrote}, and with --with-held lets those go, too, who would be held or wait.`,
      'Renamed groups are not in it: let them go with "connector release <group>".',
    ],
  );
});
