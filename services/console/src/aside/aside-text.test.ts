import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainly } from '../text/paint.ts';
import type { AsidePerson } from './aside-people.ts';
import { asideJson, asideText, retriedJson, retriedText } from './aside-text.ts';

const aside = (name: string, changes: Partial<AsidePerson> = {}): AsidePerson => ({
  person: `corp/${name}`,
  username: `${name}@x.org`,
  name,
  reason: 'refused: no',
  kind: 'refused',
  sinceMs: Date.UTC(2026, 10, 23),
  ...changes,
});
const nomail = aside('zoe', { username: null, kind: 'data', reason: 'has no mail' });

test('nobody set aside is said in one line', () => {
  assert.deepEqual(asideText([], plainly), ['Nobody is set aside.']);
});

test('people are listed by what stands in the way, the kind of most people first, and it is said what to do', () => {
  assert.deepEqual(asideText([nomail, aside('ann'), aside('bob')], plainly), [
    '3 people are set aside: everybody else is synced.',
    '',
    'refused by LastPass (2 people)',
    '  ann  ann@x.org  since 2026-11-23 00:00:00 UTC  refused: no',
    '  bob  bob@x.org  since 2026-11-23 00:00:00 UTC  refused: no',
    '',
    "the directory's data stands in the way (1 person)",
    '  zoe  no mail  since 2026-11-23 00:00:00 UTC  has no mail',
    '',
    'Mended data in Active Directory counts by itself. Try again at once with "connector retry <who…>" or --all.',
    'Who: a user name, or what "connector aside --json" shows as person.',
  ]);
});

test('what LastPass or the directory says cannot steer the terminal', () => {
  const evil = 'x\u001b[2J\n\u202e';
  const lines = asideText([aside(evil, { username: evil, reason: evil })], plainly);
  assert.doesNotMatch(lines.join(''), /\p{Cc}|\u202e/u);
});

test('the JSON has null where there is no mail, and the moment as ISO text', () => {
  assert.deepEqual(asideJson([nomail]), {
    aside: [
      {
        person: 'corp/zoe',
        username: null,
        name: 'zoe',
        kind: 'data',
        reason: 'has no mail',
        since: '2026-11-23T00:00:00.000Z',
        asShown: 'corp/zoe#data',
      },
    ],
  });
});

const retried = [
  { aside: aside('ann'), outcome: 'retried' },
  { aside: aside('bob', { kind: 'drift' }), outcome: 'retried' },
  { aside: aside('cleo'), outcome: 'changed' },
] as const;
const notFound = [
  { who: 'dan', candidates: [] },
  { who: 'b', candidates: ['corp/b', 'other/b'] },
];

test('a retry tells for each what happens now, who had changed, and who was not found', () => {
  const lines = retriedText(retried, notFound, plainly);
  assert.match(lines[0] ?? '', /^retried +ann +ann@x\.org +is planned again now$/);
  assert.match(
    lines[1] ?? '',
    /^retried +bob .* the link to the deleted account has ended: policy onDetected decides$/,
  );
  assert.match(lines[2] ?? '', /^changed +cleo .* is not set aside for that any more, or being delivered: look again$/);
  assert.match(lines[3] ?? '', /^unknown +dan .*see "connector aside" and "connector drift"$/);
  assert.match(lines[4] ?? '', /^ambiguous +b .*could be corp\/b or other\/b: name one$/);
  assert.deepEqual(retriedText([], [], plainly), ['Nobody is set aside.']);
});

test('the JSON of a retry has the outcome for each, and who was not found', () => {
  assert.deepEqual(retriedJson(retried.slice(1), notFound), {
    people: [
      { person: 'corp/bob', username: 'bob@x.org', name: 'bob', kind: 'drift', outcome: 'retried' },
      { person: 'corp/cleo', username: 'cleo@x.org', name: 'cleo', kind: 'refused', outcome: 'changed' },
    ],
    notFound: [
      { who: 'dan', problem: 'unknown', candidates: [] },
      { who: 'b', problem: 'ambiguous', candidates: ['corp/b', 'other/b'] },
    ],
  });
});
