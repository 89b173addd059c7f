import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directoryKeys, keysOf } from '@connector/shared/keys.ts';
import { kindOf } from './redis-contents.ts';

const keys = keysOf('connector');
const kind = (key: string) => kindOf(key, keys, ['corp']);

test('a kind of key has nothing in it of what tells one from another', () => {
  const mark = 'ann@x.org';
  const corp = directoryKeys(keys.queues, 'corp');
  const mirror = corp.mirror(7);
  const kinds = {
    [keys.plans]: 'plans',
    [keys.toPlan]: 'people-to-plan',
    [`${keys.queues}:people-to-plan:4711`]: 'queue people-to-plan',
    [keys.session(mark)]: 'session:*',
    [keys.passwordTries(mark)]: 'password-tries:*',
    [keys.failedSignIns(`address/${mark}`)]: 'failed-sign-ins:*',
    [corp.cursor]: 'corp:cursor',
    [mirror.objects]: 'corp:mirror:*:objects',
    [mirror.members(mark)]: 'corp:mirror:*:members:*',
    [`${keys.queues}:gone:mirror:1:members:${mark}`]: 'gone:*',
  };
  for (const [key, told] of Object.entries(kinds)) assert.equal(kind(key), told);
});
