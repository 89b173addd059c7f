import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalsIn, saysNoSeat, saysUnknownUser } from './refusals.ts';

const USERNAMES = ['ann@example.com', 'joann@example.com', "o'brien@example.com", 'ann@example.com.au'];

test('a sentence is put down to the account it names, wherever the address stands', () => {
  for (const [message, username] of [
    ['No such user: ann@example.com', 'ann@example.com'],
    ['JoAnn@Example.com does not exist', 'joann@example.com'],
    ['there is no ann@example.com.', 'ann@example.com'],
    ['there is no ann@example.com. Really.', 'ann@example.com'],
    ['"ann@example.com.au" is not a valid user.', 'ann@example.com.au'],
    ["o'brien@example.com does not exist", "o'brien@example.com"],
    ["bad 'ann@example.com' here", 'ann@example.com'],
  ] as const) {
    assert.deepEqual(refusalsIn([message], USERNAMES), [{ username, message }]);
  }
});

test('a sentence that names several is put down to each, and one that names nobody to none', () => {
  const message = 'ann@example.com, joann@example.com: refused';
  assert.deepEqual(
    refusalsIn([message, 'No'], USERNAMES).map(({ username }) => username),
    ['ann@example.com', 'joann@example.com'],
  );
});

test('the four texts for an unknown user are known', () => {
  for (const text of ['No such user: a@b', 'user not found: a@b', 'a@b is not a valid user.', 'a@b does not exist']) {
    assert.equal(saysUnknownUser(text), true);
  }
  assert.equal(saysUnknownUser('No licenses available'), false);
});

test('that no seat is free is read from LastPass’s words, not from an address, a domain or a name in them', () => {
  const mia = ['mia@seat.es', 'seat.es', 'Mia  License', 'Seat Leon', 'licenses'];
  for (const [message, expected] of [
    ['No licenses available', true],
    ['No licenses available: mia@seat.es', true],
    ['no free Seat for Mia License', true],
    ['You have used all 50 licences.', true],
    ['Not this one: licenses@corp.com', false],
    ['Invalid username: mia@seat.es', false],
    ["Invalid username: 'o'license@corp.com'", false],
    ['The domain seat.es is not yours', false],
    ['Mia License (mia@seat.es) is refused', false],
    ['No such group: Seat Leon', false],
    ['Seated badly', false],
  ] as const) {
    assert.equal(saysNoSeat(message, mia), expected, message);
  }
});
