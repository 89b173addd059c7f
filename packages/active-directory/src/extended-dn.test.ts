import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseExtendedDn } from './extended-dn.ts';

const guid = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const table: [string, string | null, string][] = [
  [`<GUID=${guid}>;<SID=S-1-5-21-1-2-3-1104>;CN=a\\;b,DC=x`, guid, 'CN=a\\;b,DC=x'],
  [`<GUID=${guid.toUpperCase()}>;OU=x,DC=y`, guid, 'OU=x,DC=y'],
  ['<GUID=ff19966f868b11d0b42d00c04fc964ff>;<SID=0105>;CN=a', guid, 'CN=a'],
  [`<SID=S-1-5-18>;<GUID=${guid}>;CN=a`, guid, 'CN=a'],
  ['CN=a,DC=x', null, 'CN=a,DC=x'],
  ['CN=<GUID=1>;x,DC=x', null, 'CN=<GUID=1>;x,DC=x'],
  ['<GUID=rubbish>;CN=a', null, 'CN=a'],
  ['<GUID=', null, '<GUID='],
  ['', null, ''],
];
for (const [text, expected, dn] of table) {
  it(`takes ${JSON.stringify(text)} apart`, () => assert.deepEqual(parseExtendedDn(text), { guid: expected, dn }));
}
