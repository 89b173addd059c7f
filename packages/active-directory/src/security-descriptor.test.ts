import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grantedRights, right } from './security-descriptor.ts';

const [me, another] = ['01'.repeat(28), '02'.repeat(28)];
const [attribute, set, unrelated] = ['a1'.repeat(16), 'b2'.repeat(16), 'c3'.repeat(16)];
const asked = { sids: new Set([me]), types: new Set([attribute, set]) };
const both = right.readProperty | right.controlAccess;

interface Entry {
  readonly allows?: boolean;
  readonly mask?: number;
  readonly flags?: number;
  /** Of an entry for objects of one type: that type, and the class that inherits it. */
  readonly type?: string;
  readonly inheritedType?: string;
  readonly sid?: string;
}

function entryOf({ allows = true, mask = both, flags = 0, type, inheritedType, sid = me }: Entry): Buffer {
  const isOfType = type !== undefined || inheritedType !== undefined;
  const head = Buffer.alloc(isOfType ? 12 : 8);
  head.writeUInt8((allows ? 0 : 1) + (isOfType ? 5 : 0), 0);
  head.writeUInt8(flags, 1);
  head.writeUInt32LE(mask, 4);
  if (isOfType) head.writeUInt32LE((type === undefined ? 0 : 1) | (inheritedType === undefined ? 0 : 2), 8);
  const entry = Buffer.concat([head, Buffer.from(`${type ?? ''}${inheritedType ?? ''}${sid}`, 'hex')]);
  entry.writeUInt16LE(entry.length, 2);
  return entry;
}

function descriptorOf(...entries: Entry[]): Buffer {
  const head = Buffer.alloc(28);
  head.writeUInt16LE(0x8004, 2);
  head.writeUInt32LE(20, 16);
  head.writeUInt16LE(entries.length, 24);
  return Buffer.concat([head, ...entries.map(entryOf)]);
}

const granted = (...entries: Entry[]) => grantedRights(descriptorOf(...entries), asked);

test('rights of several entries come together, and those of others do not', () => {
  const { readProperty, controlAccess } = right;
  assert.equal(granted(), 0);
  assert.equal(granted({ mask: readProperty }, { mask: controlAccess, type: attribute }), both);
  assert.equal(granted({ mask: readProperty }, { mask: controlAccess, sid: another }), readProperty);
});

test('an entry for one type counts for the attribute, its set of properties, and no other', () => {
  assert.equal(granted({ type: attribute }), both);
  assert.equal(granted({ type: set }), both);
  assert.equal(granted({ type: unrelated }), 0);
  assert.equal(
    granted({ type: attribute, inheritedType: unrelated }),
    both,
    'which class inherits it has been decided',
  );
  assert.equal(granted({ inheritedType: unrelated }), both);
});

test('what is only for those below counts for nothing', () => {
  assert.equal(granted({ flags: 0x8 }), 0);
  assert.equal(granted({ flags: 0x2 | 0x10 }), both, 'what was inherited counts');
});

test('a denial counts for what no earlier entry has granted, and the other way round', () => {
  const denial = { allows: false, mask: right.controlAccess };
  assert.equal(granted(denial, {}), right.readProperty);
  assert.equal(granted({}, denial), both);
  assert.equal(granted({ ...denial, type: attribute }, {}), right.readProperty);
  assert.equal(granted({ ...denial, type: unrelated }, {}), both);
  assert.equal(granted({ ...denial, sid: another }, {}), both);
});

test('without a list everything is granted, and with an unknown kind of entry the others', () => {
  const none = descriptorOf();
  none.writeUInt16LE(0x8000, 2);
  assert.equal(grantedRights(none, asked), -1);
  const unknown = descriptorOf({}, { mask: right.readProperty });
  unknown.writeUInt8(0x9, 28); // an entry with a condition
  assert.equal(grantedRights(unknown, asked), right.readProperty);
});

test('one that is cut short tells nothing', () => {
  const whole = descriptorOf({ type: unrelated }, { type: attribute, inheritedType: unrelated });
  assert.equal(grantedRights(whole, asked), both);
  for (let length = 0; length < whole.length; length++)
    assert.ok(!grantedRights(whole.subarray(0, length), asked), `${length} bytes`);
});
