import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TokenCheck, tokenIn } from './token-check.ts';

const who = { name: 'somebody' };
const token = 'a-token-of-twenty-letters:and-more-ü';
const whoHas = async (given: string) => (given === token ? who : null);
const welcome = { kind: 'welcome', who };
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('the token in a request', () => {
  const cases: readonly [what: string, authorization: string | undefined, found: string | null][] = [
    ['is the password of HTTP Basic, colons and all', basic('anybody:to:ken'), 'to:ken'],
    ['may go without a user name', basic(':token'), 'token'],
    ['is what a bearer bears', 'bearer token', 'token'],
    ['is missing without a header', undefined, null],
    ['is missing in a scheme that nobody asked for', 'Digest token', null],
    ['is missing where Basic has no colon', basic('token'), null],
  ];
  for (const [what, authorization, found] of cases) test(what, () => assert.equal(tokenIn(authorization), found));
});

test('the right token is welcome, and a request without one is refused at once', async () => {
  const check = new TokenCheck(whoHas);
  assert.deepEqual(await check.verdictOn(basic(`x:${token}`), 'here'), welcome);
  assert.deepEqual(await check.verdictOn(undefined, 'here'), { kind: 'none' });
});

test('wrong tokens wait for their answer, each longer than the one before, and too many are not looked at', async () => {
  const check = new TokenCheck(whoHas, { delayMs: 20 });
  const beganAt = performance.now();
  const guesses = Array.from({ length: 10 }, async () => {
    const verdict = await check.verdictOn('Bearer wrong', 'here');
    return { verdict, afterMs: performance.now() - beganAt };
  });
  for (let turn = 0; turn < 10; turn++) await Promise.resolve(); // until each was looked up, and no longer
  assert.deepEqual(await check.verdictOn(`Bearer ${token}`, 'here'), { kind: 'too many' }, 'a guess was looked at');
  assert.deepEqual(await check.verdictOn(`Bearer ${token}`, 'elsewhere'), welcome, 'somebody else is kept out by it');
  for (const [index, { verdict, afterMs }] of (await Promise.all(guesses)).entries()) {
    assert.deepEqual(verdict, { kind: 'wrong' });
    assert.ok(afterMs > 20 * (index + 1) - 2, `answer ${index + 1} came after ${afterMs} ms`);
  }
  assert.deepEqual(await check.verdictOn(basic(`x:${token}`), 'here'), welcome, 'the way is free again');
});

test('a token that nobody could guess is looked at all the same, and a flood of wrong ones is held at the door', async () => {
  const isUnguessable = (given: string) => given === token;
  let looked = 0;
  const slowly = async (given: string) => {
    looked++;
    await new Promise((done) => setImmediate(done));
    return whoHas(given);
  };
  const check = new TokenCheck(slowly, { delayMs: 1, isUnguessable });
  const flood = await Promise.all(Array.from({ length: 100 }, () => check.verdictOn('Bearer wrong', 'here')));
  assert.deepEqual([looked, flood.filter(({ kind }) => kind === 'too many').length], [10, 90]);
  const again = Array.from({ length: 10 }, () => check.verdictOn('Bearer wrong', 'here'));
  assert.deepEqual(await check.verdictOn(`Bearer ${token}`, 'here'), welcome);
  await Promise.all(again);
});
