/** Entries with whatever values, as a directory could send them: each makes a change that the log may hold, or is refused in one line. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  accountExpiresMsOf,
  booleanOf,
  integerOf,
  ridOf,
  textOf,
} from '@connector/active-directory/attribute-values.ts';
import { lookedUp, newsOf, objectAttributes, objectOf } from '@connector/active-directory/entry-to-change.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import { parseExtendedDn } from '@connector/active-directory/extended-dn.ts';
import { guidText } from '@connector/active-directory/guid.ts';
import type { LdapEntry } from '@connector/active-directory/ldap-entry.ts';
import { withWholeRanges } from '@connector/active-directory/member-ranges.ts';
import { type DirectoryChange, directoryChange, guid as guidSchema } from '@connector/shared/directory-change.ts';
import fc from 'fast-check';
import { guid } from '../reconciler/reconciling.ts';
import { nastyText } from './nasty-values.ts';
import { holds } from './runs.ts';

const someGuid = fc.nat({ max: 5 }).map(guid);
const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const good: readonly string[] = [
  'TRUE',
  'FALSE',
  'true',
  '512',
  '514',
  '-2147483646',
  '0',
  '9223372036854775807',
  '133000000000000000',
];
const extended = fc
  .tuple(someGuid, nastyText)
  .map(([each, name]) => `<GUID=${each}>;<SID=S-1-5-21>;CN=${name},DC=example,DC=test`);
const value = fc.oneof(
  bytes,
  nastyText.map((text) => Buffer.from(text)),
  fc.constantFrom(...good).map((text) => Buffer.from(text)),
  fc
    .constantFrom('user', 'computer', 'group', 'GROUP', 'domainDNS', 'organizationalUnit')
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((array) => Buffer.from(array)),
  extended.map((text) => Buffer.from(text)),
);
const attribute = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...objectAttributes,
      'memberOf',
      'member;range=1-1',
      'member;range=0-0',
      'member;range=0-1499',
      'uSNChanged',
    ),
  },
  { weight: 1, arbitrary: nastyText },
);
const entry: fc.Arbitrary<LdapEntry> = fc
  .tuple(
    fc.oneof(extended, nastyText),
    fc.array(fc.tuple(attribute, fc.array(value, { maxLength: 4 })), { maxLength: 12 }),
  )
  .map(([dn, attributes]) => ({
    dn,
    values: new Map(attributes.map(([name, values]) => [name.toLowerCase(), values])),
  }));

/** As the log holds it, and as the reconciler reads it. */
function assertFits(change: DirectoryChange): void {
  const text = JSON.stringify(change);
  assert.deepEqual(directoryChange.parse(JSON.parse(text)), JSON.parse(text));
}

/** What it gives, unless it refuses with an error of ours that is one line. */
function orRefused<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    assert.ok(error instanceof DirectoryError, String(error));
    assert.doesNotMatch(error.message, /[\r\n]/);
    return null;
  }
}

describe('any entry', () => {
  for (const [what, make] of Object.entries({ objectOf, lookedUp }))
    test(`${what} makes a change of it that the log may hold, or refuses it`, async (context) => {
      const property = fc.property(entry, (each) => {
        const change = orRefused(() => make(each));
        if (change !== null) assertFits(change);
      });
      await holds(context, property, { runs: 3_000 });
    });

  test('newsOf makes a change of it, or asks for the object, or finds nothing', async (context) => {
    const property = fc.property(entry, (each) => {
      const news = orRefused(() => newsOf(each));
      if (news !== null && 'change' in news) assertFits(news.change);
      else if (news !== null) assert.match(news.restored, /^[0-9a-f-]{36}$/);
    });
    await holds(context, property, { runs: 3_000 });
  });

  test('is deleted only by a value of isDeleted that says TRUE', async (context) => {
    const property = fc.property(entry, (each) => {
      const news = orRefused(() => newsOf(each));
      const isDeleted = each.values.get('isdeleted')?.[0]?.toString() === 'TRUE';
      if (news !== null && 'change' in news) assert.equal(news.change.deleted ?? false, isDeleted);
      assert.notEqual(orRefused(() => objectOf(each))?.deleted, true, 'a live object is none by definition');
    });
    await holds(context, property, { runs: 3_000 });
  });

  test('comes whole from its ranges, or is refused, whatever the ranges say', async (context) => {
    const range = fc.oneof(fc.nat({ max: 20 }).map(String), fc.constantFrom('*', '9'.repeat(30), '-1', 'x'));
    const ranged = fc
      .tuple(fc.array(fc.tuple(range, range), { maxLength: 3 }), fc.array(extended, { maxLength: 3 }))
      .map(([ranges, members]) => {
        const values = members.map((text) => Buffer.from(text));
        return new Map(ranges.map(([low, high]) => [`member;range=${low}-${high}`, values] as const));
      });
    const property = fc.asyncProperty(ranged, fc.array(fc.option(ranged), { maxLength: 30 }), async (first, later) => {
      const answers = [...later];
      const readAgain = async () => {
        const values = answers.shift();
        return values ? { dn: 'CN=G', values } : null;
      };
      const whole = await withWholeRanges({ dn: 'CN=G', values: first }, readAgain).catch((error: unknown) => {
        assert.ok(error instanceof DirectoryError, String(error));
        return null;
      });
      if (whole !== null) assert.equal(whole.dn, 'CN=G');
    });
    await holds(context, property, { runs: 1_000 });
  });
});

test('any value of an attribute is understood or null, and never anything else', async (context) => {
  const property = fc.property(fc.option(value, { nil: undefined }), nastyText, (each, text) => {
    for (const number of [integerOf(each), accountExpiresMsOf(each), ridOf(each)])
      assert.ok(number === null || Number.isSafeInteger(number), String(number));
    assert.ok([true, false, null].includes(booleanOf(each)));
    assert.ok(textOf(each)?.isWellFormed() ?? true);
    const guidOfBytes = guidText(each ?? Buffer.of());
    for (const found of [guidOfBytes, parseExtendedDn(text).guid, parseExtendedDn(textOf(each) ?? '').guid])
      assert.ok(found === null || guidSchema.safeParse(found).success, String(found));
  });
  await holds(context, property, { runs: 5_000 });
});
