import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TokenCheck, tokenIn } from './token-check.ts';

const token = 'a-token-of-twenty-letters:and-more-ü';
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
  const check = new TokenCheck(token);
  assert.equal(await check.verdictOn(basic(`x:${token}`)), 'welcome');
  assert.equal(await check.verdictOn(undefined), 'none');
});

test('wrong tokens wait for their answer, each longer than the one before, and too many are not looked at', async () => {
  const check = new TokenCheck(token, { delayMs: 20 });
  const beganAt = performance.now();
  const guesses = Array.from({ length: 10 }, async () => {
    const verdict = await check.verdictOn('Bearer wrong');
    return { verdict, afterMs: performance.now() - beganAt };
  });
  assert.equal(await check.verdictOn(`Bearer ${token}`), 'too many', 'a guess was looked at');
  for (const [index, { verdict, afterMs }] of (await Promise.all(guesses)).entries()) {
    assert.equal(verdict, 'wrong');
    assert.ok(afterMs > 20 * (index + 1) - 2, `answer ${index + 1} came after ${afterMs} ms`);
  }
  assert.equal(await check.verdictOn(basic(`x:${token}`)), 'welcome', 'the way is free again');
});
