import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rehearse } from '../../testing/rehearse.ts';
import { type SettingsPatch, settings } from '../settings.ts';
import { toBody } from '../wire.ts';

const STATE = {
  users: [
    { username: 'ann@example.com', groups: ['Sales'] },
    { username: 'off@example.com', groups: ['Sales'], disabled: true },
    { username: 'chief@example.com', admin: true },
  ],
  folders: [
    { name: 'Deals', score: 99, sites: ['aaa.com', 'bbb.com'], groups: [{ name: 'Sales', give: false }] },
    { id: '7', name: 'Gone', deleted: true },
  ],
};

function read(cmd: string, patch: SettingsPatch = {}, data: unknown = 'all') {
  return rehearse(STATE, patch).run(cmd, data);
}

const ANN = { username: 'ann@example.com', readonly: 0, give: 0, can_administer: 0, superadmin: 0 };
const CHIEF = { username: 'chief@example.com', readonly: 0, give: 1, can_administer: 1, superadmin: 1 };

test('getsfdata is a map by id without a status, super administrators included, whatever the data', () => {
  for (const data of ['all', null, undefined, [], { any: 'thing' }]) {
    assert.deepEqual(read('getsfdata', {}, data), {
      wire: {
        '7': { sharedfoldername: 'Gone', score: 0, deleted: true, users: [] },
        '101': { sharedfoldername: 'Deals', score: 99, deleted: false, users: [ANN, CHIEF] },
      },
      changes: [],
    });
  }
});

test('getdetailedsfdata has the sites of each user as well', () => {
  const folders = read('getdetailedsfdata').wire as Record<string, { users: { sites: string[] }[] }>;
  assert.deepEqual(
    folders['101']?.users.map(({ sites }) => sites),
    [
      ['aaa.com', 'bbb.com'],
      ['aaa.com', 'bbb.com'],
    ],
  );
});

test('folderFlags: 0 and 1, "0" and "1", or booleans', () => {
  for (const [folderFlags, off, on] of [
    ['number', 0, 1],
    ['string', '0', '1'],
    ['boolean', false, true],
  ] as const) {
    const folders = read('getsfdata', { folderFlags }).wire as Record<string, { users: Record<string, unknown>[] }>;
    const [ann, chief] = folders['101']?.users ?? [];
    assert.deepEqual([ann?.['give'], ann?.['superadmin'], chief?.['give'], chief?.['superadmin']], [off, off, on, on]);
  }
});

test('superAdmins and disabledInFolders decide who is listed', () => {
  const namesIn = (patch: SettingsPatch) => {
    const folders = read('getsfdata', patch).wire as Record<string, { users: { username: string }[] }>;
    return folders['101']?.users.map(({ username }) => username.split('@')[0]).join(' ');
  };
  assert.equal(namesIn({}), 'ann chief');
  assert.equal(namesIn({ superAdmins: 'left-out' }), 'ann');
  assert.equal(namesIn({ disabledInFolders: 'listed' }), 'ann off chief');
});

test('no folder at all is an empty list, or an empty object with the switch', () => {
  const body = (patch: SettingsPatch) =>
    toBody({ kind: 'shared', folders: [], detailed: false }, settings.parse(patch));
  assert.deepEqual([body({}), body({ emptyMap: 'object' })], ['[]', '{}']);
});
