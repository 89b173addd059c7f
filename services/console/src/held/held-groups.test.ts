import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RenamedGroup } from '@connector/sync/plan/group-renames.ts';
import { plainly } from '../text/paint.ts';
import { allDone, type Decisions, decidedJson, decidedText } from './decided-text.ts';
import { findGroups, heldGroupsJson, heldGroupsText } from './held-groups.ts';

const guid = (digit: string) => `${digit.repeat(8)}-0000-0000-0000-${digit.repeat(12)}`;
const rename = (digit: string, name: string, to: string, members = 3): RenamedGroup => ({
  group: `corp/${guid(digit)}`,
  name,
  to,
  verdict: 'held',
  because: `${name} is called ${to}`,
  members,
  sinceMs: Date.UTC(2026, 10, 23),
});
const sales = rename('a', 'Sales', 'Revenue');
const support = rename('b', 'Support', 'Care', 1);
const find = (who: string, { renames = [sales, support], candidates = [] as string[] } = {}) =>
  findGroups(renames, [{ who, candidates }]);

test('a group is found by its old and its new name, its key and its objectGUID, whatever the case', () => {
  for (const who of ['Sales', 'sales ', 'REVENUE', sales.group, sales.group.toUpperCase(), guid('a')])
    assert.deepEqual(find(who), { found: [sales], changed: [], notFound: [] }, who);
});

test('a group named by both names is decided about once', () => {
  const asked = ['Sales', 'Revenue'].map((who) => ({ who, candidates: [] }));
  assert.deepEqual(findGroups([sales, support], asked), { found: [sales], changed: [], notFound: [] });
});

test('an unknown name stays unknown', () => {
  assert.deepEqual(find('Marketing'), {
    found: [],
    changed: [],
    notFound: [{ who: 'Marketing', candidates: [] }],
  });
});

test('a name of several groups means none of them, and tells which', () => {
  const twin = rename('c', 'Sales', 'Turnover');
  assert.deepEqual(find('sales', { renames: [sales, support, twin] }), {
    found: [],
    changed: [],
    notFound: [{ who: 'sales', candidates: [sales.group, twin.group] }],
  });
  const chain = rename('d', 'Revenue', 'Income');
  assert.deepEqual(
    find('revenue', { renames: [sales, chain] }).found,
    [],
    'the new name of one, the old one of another',
  );
});

test('a name that several people have, too, means no group', () => {
  assert.deepEqual(find('sales', { candidates: ['corp/x', 'corp/y'] }), {
    found: [],
    changed: [],
    notFound: [{ who: 'sales', candidates: ['corp/x', 'corp/y', sales.group] }],
  });
});

test('held groups are told with what a release would do; nothing is said without any', () => {
  assert.deepEqual(heldGroupsText([], plainly), []);
  const lines = heldGroupsText([sales, support], plainly);
  assert.match(lines[0] ?? '', /^2 renamed groups are held: LastPass can't rename a group, and shared folders/);
  assert.deepEqual(lines.slice(1, 3), [
    '  Sales    is Revenue in Active Directory  since 2026-11-23 00:00:00 UTC  3 members would join Revenue, then leave Sales',
    '  Support  is Care in Active Directory     since 2026-11-23 00:00:00 UTC  1 member would join Care, then leave Support',
  ]);
});

test('a group that somebody has decided about is told with that, apart from the held ones', () => {
  const lines = heldGroupsText(
    [{ ...sales, verdict: 'released' }, support, { ...support, verdict: 'rejected' }],
    plainly,
  );
  assert.match(lines[0] ?? '', /^1 renamed group is held/);
  assert.deepEqual(lines.slice(-3), [
    '',
    '  Sales    is Revenue in Active Directory  released: its members are on the way',
    '  Support  is Care in Active Directory     rejected: it keeps its old name',
  ]);
});

test('the JSON has everything about a held group, the moment as ISO text, and a name for it as it is shown', () => {
  const { sinceMs: _, ...rest } = sales;
  const [told = {}] = heldGroupsJson([sales]) as { asShown?: string }[];
  const { asShown, ...others } = told;
  assert.deepEqual(others, { ...rest, since: '2026-11-23T00:00:00.000Z' });
  assert.deepEqual(find(asShown ?? ''), { found: [sales], changed: [], notFound: [] });
  const otherwise = { ...sales, to: 'Income' };
  assert.deepEqual(find(asShown ?? '', { renames: [otherwise, support] }), {
    found: [],
    changed: [otherwise],
    notFound: [],
  });
});

const decisions = (groups: Decisions['groups'], notFound: Decisions['notFound'] = []): Decisions => ({
  verdict: 'released',
  from: ['held'],
  decided: [],
  stopped: null,
  groups,
  notFound,
});

test('a decision about groups alone counts no people', () => {
  assert.deepEqual(decidedText(decisions([{ rename: sales, outcome: 'released' }]), plainly), [
    'released  group Sales    3 members join Revenue, then leave Sales',
  ]);
  const rejected = { ...decisions([{ rename: support, outcome: 'rejected' as const }]), verdict: 'rejected' as const };
  assert.deepEqual(decidedText(rejected, plainly), ['rejected  group Support    1 member stay in Support']);
});

test('a group renamed otherwise meanwhile is told, in JSON too, and not all is done', () => {
  const changed = decisions([
    { rename: sales, outcome: 'changed' },
    { rename: support, outcome: 'released' },
  ]);
  assert.match(decidedText(changed, plainly)[0] ?? '', /^changed +group Sales .*look at it with "connector held"$/);
  assert.equal(allDone(changed), false);
  assert.equal(allDone(decisions([{ rename: support, outcome: 'released' }])), true);
  const json = JSON.parse(JSON.stringify(decidedJson(changed)));
  assert.deepEqual(json.groups[0], {
    group: sales.group,
    name: 'Sales',
    to: 'Revenue',
    members: 3,
    outcome: 'changed',
  });
});
