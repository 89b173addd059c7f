import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cnWanted, namesAtLastPass, renameHeldBecause, wantedName } from './group-names.ts';

test('a group is called by its cn, behind the prefix of its directory; one without a name is none', () => {
  assert.equal(wantedName(' Sales '), 'Sales');
  assert.equal(wantedName('Sales', 'CORP '), 'CORP Sales');
  assert.equal(wantedName(' ', 'CORP '), '');
});

test('by a name at LastPass the cn is known, whatever the case, and a name without the prefix is no group of the directory', () => {
  assert.equal(cnWanted('corp Sales', 'CORP '), 'Sales');
  assert.equal(cnWanted('Sales', 'CORP '), null);
  assert.equal(cnWanted('CORPORATION', 'CORP '), null);
  assert.equal(cnWanted('Sales'), 'Sales');
});

test('another prefix is a rename: the old name counts until somebody has released the new one, and both from then on', () => {
  const wanted = wantedName('Sales', 'CORP ');
  const rename = { to: 'CORP Sales', sinceMs: 0, by: null };
  assert.deepEqual(namesAtLastPass(wanted, null), ['CORP Sales']);
  assert.deepEqual(namesAtLastPass(wanted, { name: 'Sales', rename: null }), ['Sales']);
  assert.deepEqual(namesAtLastPass(wanted, { name: 'Sales', rename: { ...rename, verdict: 'held' } }), ['Sales']);
  const released = { name: 'Sales', rename: { ...rename, verdict: 'released' as const } };
  assert.deepEqual(namesAtLastPass(wanted, released), ['Sales', 'CORP Sales']);
  assert.deepEqual(
    namesAtLastPass(wantedName('Sales', 'LABS '), released),
    ['Sales'],
    'it was another that was released',
  );
});

test('a held rename says whether it is of Active Directory or of groupPrefix', () => {
  const inDirectory = renameHeldBecause({ name: 'Sales', to: 'Revenue', cn: 'Revenue' });
  assert.match(inDirectory, /^the group Sales is called Revenue in Active Directory by now: LastPass can't rename/);
  const byPrefix = renameHeldBecause({ name: 'Sales', to: 'CORP Sales', cn: 'Sales' });
  assert.match(byPrefix, /^the group Sales is to be called CORP Sales by now, after groupPrefix and its name in/);
});
