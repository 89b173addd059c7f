import assert from 'node:assert/strict';
import { it } from 'node:test';
import { guid } from '@connector/shared/directory-change.ts';
import fc from 'fast-check';
import { guidText } from './guid.ts';

it('turns the first three fields round, and only them', () => {
  const bytes = Buffer.from('ff19966f868b11d0b42d00c04fc964ff', 'hex');
  assert.equal(guidText(bytes), '6f9619ff-8b86-d011-b42d-00c04fc964ff');
});

it('writes any 16 bytes as a GUID, each its own', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      assert.ok(guid.safeParse(guidText(one)).success);
      assert.equal(guidText(one) === guidText(other), Buffer.compare(one, other) === 0);
    }),
  );
});

it('makes no GUID of anything else', () => {
  for (const length of [0, 15, 17]) assert.equal(guidText(Buffer.alloc(length)), null);
});
