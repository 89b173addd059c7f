import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAuthorized, readRequest } from './request.ts';
import { settings } from './settings.ts';

test('the account number is read as a number and as a string', () => {
  for (const cid of [123, '123']) {
    const read = readRequest(JSON.stringify({ cid, provhash: 'p', cmd: 'c', data: 'all' }));
    assert.deepEqual(read, { cid: '123', provhash: 'p', cmd: 'c', data: 'all' });
  }
});

test('a form carries its data as JSON', () => {
  const form = new URLSearchParams({ cid: '1', provhash: 'p', cmd: 'c', data: '{"pagesize":2}' });
  assert.deepEqual(readRequest(String(form)), { cid: '1', provhash: 'p', cmd: 'c', data: { pagesize: 2 } });
});

test('what is no call is none', () => {
  for (const body of ['', 'nonsense', '[]', '{"cid":1}', '{"cid":1,"provhash":"p"'])
    assert.equal(readRequest(body), null, body);
});

test('both cid and provhash must be right', () => {
  const chosen = settings.parse({ cid: '1', provhash: 'p' });
  const call = { cid: '1', provhash: 'p', cmd: 'c', data: null };
  assert.equal(isAuthorized(call, chosen), true);
  assert.equal(isAuthorized({ ...call, cid: '2' }, chosen), false);
  assert.equal(isAuthorized({ ...call, provhash: 'P' }, chosen), false);
});
