import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '@connector/shared/plan.ts';
import type { Preview } from '@connector/sync/preview/preview.ts';
import { previewCsv } from './preview-csv.ts';

const nothing: Preview = {
  sent: [],
  held: [],
  groups: [],
  pending: [],
  setAside: [],
  read: { objects: 0, accounts: 0 },
};
const renamed = { group: 'corp/9', verdict: 'held', members: 3, sinceMs: 1 } as const;
const sent = (name: string) => ({
  person: 'corp/1',
  username: 'ann@x.org',
  name,
  account: null,
  steps: [{ kind: 'enable', because: 'is enabled' } as const],
  calls: [],
});

/** The fields of a row, by RFC 4180, section 2, rules 5 to 7. */
function fields(row: string): string[] {
  const found = [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)];
  assert.equal(found.map(([whole]) => whole).join(''), row, 'not a row of RFC 4180');
  return found.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}
const rows = (changes: Partial<Preview>) => previewCsv({ ...nothing, ...changes }).map(fields);
const nameIn = (name: string) => rows({ sent: [sent(name)] })[1]?.[3];

test('the header is there without any row, and every row is as long as it', () => {
  const header = ['outcome', 'person', 'username', 'name', 'step', 'what', 'because'];
  assert.deepEqual(rows({}), [header]);
  const all = rows({
    sent: [sent('Ann')],
    groups: [{ ...renamed, name: 'Sales', to: 'Revenue', because: 'is renamed' }],
    setAside: [{ person: 'corp/1', name: 'Ann', kind: 'data', reason: 'has no mail', sinceMs: 1 }],
  });
  assert.deepEqual(new Set(all.map(({ length }) => length)), new Set([header.length]));
});

test('there is a row for each step, with its own reason where it is sent, and with what stops it where it is not', () => {
  const steps: Step[] = [
    { kind: 'join-groups', groups: ['Sales', 'Support'], because: 'is a member' },
    { kind: 'rename', fullname: 'Ann Lee', because: 'is called so' },
  ];
  const { calls: _, ...person } = { ...sent('Ann'), steps };
  assert.deepEqual(rows({ sent: [{ ...person, calls: [] }], held: [{ ...person, because: 'too many' }] }).slice(1), [
    ['sent', 'corp/1', 'ann@x.org', 'Ann', 'join-groups', 'join Sales, Support', 'is a member'],
    ['sent', 'corp/1', 'ann@x.org', 'Ann', 'rename', 'rename to "Ann Lee"', 'is called so'],
    ['held', 'corp/1', 'ann@x.org', 'Ann', 'join-groups', 'join Sales, Support', 'too many'],
    ['held', 'corp/1', 'ann@x.org', 'Ann', 'rename', 'rename to "Ann Lee"', 'too many'],
  ]);
});

test('renamed groups, the set aside and those deleted by hand have a row without what they lack', () => {
  const aside = { person: 'corp/1', name: 'Ann', sinceMs: 1 };
  assert.deepEqual(
    rows({
      groups: [{ ...renamed, name: 'Sales', to: 'Revenue', because: 'is renamed' }],
      setAside: [
        { ...aside, kind: 'refused', reason: 'refused' },
        { ...aside, kind: 'drift', reason: 'deleted' },
      ],
    }).slice(1),
    [
      ['held', 'corp/9', '', 'Sales', 'rename-group', 'rename to Revenue', 'is renamed'],
      ['set aside', 'corp/1', '', 'Ann', '', '', 'refused'],
      ['drift', 'corp/1', '', 'Ann', '', '', 'deleted'],
    ],
  );
});

test('commas and quotes in a name come back as they are', () => {
  for (const name of ['Lee, Ann', 'Ann "the boss" Lee', '"', ',', 'Ann\u00a0Lee', "O'Neil"])
    assert.equal(nameIn(name), name);
});

test('what a spreadsheet would take for a formula begins with an apostrophe, also behind what it would skip', () => {
  for (const start of ['=', '+', '-', '@']) {
    assert.equal(nameIn(`${start}cmd|' /C calc'!A0`), `'${start}cmd|' /C calc'!A0`);
    for (const skipped of ['\t', '\r', '\n', ' ', '\u0000'])
      assert.equal(nameIn(`${skipped}${start}1`), `'${start}1`, JSON.stringify(skipped));
  }
  assert.equal(nameIn('a=b'), 'a=b');
});

test('a name with line ends or control characters is one line, and a row with it', () => {
  const [, row = ''] = previewCsv({ ...nothing, sent: [sent('Ann\r\nLee\u001b[2J\u202e')] });
  assert.equal(fields(row)[3], 'Ann Lee [2J');
  assert.doesNotMatch(row, /\p{Cc}|\u202e/u);
});
