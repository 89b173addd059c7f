/** Distinguished names of any content (RFC 4514): what is written is read again, however it is escaped, and comparing them is fair. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  DnSyntaxError,
  escapeRdnValue,
  isDn,
  isUnder,
  normaliseDn,
  normaliseDnPattern,
  parentDn,
  parseDn,
  rdnOf,
  rdnValue,
} from '@connector/shared/dn.ts';
import fc from 'fast-check';
import { nastyText, spoiltText } from './nasty-values.ts';
import { holds } from './runs.ts';

const value = nastyText.map((text) => text.slice(0, 300).toWellFormed()).filter((text) => text !== '');
const type = fc.constantFrom('CN', 'ou', 'DC', 'UID', '2.5.4.3', 'st-1');

/** Ways to write one value: as we do, or any of its characters as bytes (RFC 4514, 2.4 and 3). */
const written = (text: string) =>
  fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }).map((asBytes) =>
    Array.from(text, (character, index) => {
      const bytes = Buffer.from(character).toString('hex').replace(/../g, '\\$&');
      return (asBytes[index % asBytes.length] ?? false) || /[\p{Cc} #"+,;<>=\\]/u.test(character) ? bytes : character;
    }).join(''),
  );

/** An RDN in two ways, with what it says. */
const rdn = fc.tuple(type, value).chain(([name, text]) =>
  fc.record({
    text: fc.constant(text),
    ours: fc.constant(`${name}=${escapeRdnValue(text)}`),
    theirs: fc
      .tuple(written(text), fc.constantFrom('', ' '))
      .map(([each, space]) => `${space}${name.toLowerCase()}${space}=${space}${each}${space}`),
  }),
);
const rdns = fc.array(rdn, { minLength: 1, maxLength: 5 });
const joined = (parts: readonly string[]) => parts.join(',');

/** The answer, or `null` for a text that is refused in our own words. */
function orRefused<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    assert.ok(error instanceof DnSyntaxError, String(error));
    assert.doesNotMatch(error.message, /[\r\n]/);
    return null;
  }
}

describe('a distinguished name of any content', () => {
  test('says again what was written into it', async (context) => {
    const property = fc.property(rdns, (parts) => {
      const dn = joined(parts.map(({ ours }) => ours));
      assert.deepEqual(
        parseDn(dn).map(({ attributes }) => attributes[0]?.value),
        parts.map(({ text }) => text),
      );
      assert.equal(rdnValue(rdnOf(dn)), parts[0]?.text);
      assert.equal(isDn(dn), parts.length > 1);
    });
    await holds(context, property, { runs: 3_000 });
  });

  test('is the same, however it is escaped and spaced, and whatever the case of its types', async (context) => {
    const property = fc.property(rdns, (parts) => {
      const [ours, theirs] = [joined(parts.map((part) => part.ours)), joined(parts.map((part) => part.theirs))];
      assert.equal(normaliseDn(theirs), normaliseDn(ours));
      assert.equal(normaliseDn(normaliseDn(ours)), normaliseDn(ours));
      assert.ok(isUnder(ours, theirs) && isUnder(theirs, ours));
    });
    await holds(context, property, { runs: 3_000 });
  });

  test('lies under each of its ends, and under nothing else', async (context) => {
    const property = fc.property(rdns, rdns, (below, above) => {
      const base = joined(above.map(({ theirs }) => theirs));
      const dn = joined([...below, ...above].map(({ ours }) => ours));
      assert.ok(isUnder(dn, base));
      assert.ok(!isUnder(base, dn));
      let rest = dn;
      for (let count = 0; count < below.length; count++) rest = parentDn(rest);
      assert.equal(normaliseDn(rest), normaliseDn(base));
      const other = joined([`CN=another ${above[0]?.text.length}`, base]);
      assert.equal(isUnder(dn, other), normaliseDn(dn).endsWith(normaliseDn(other)) && below.length > 0);
    });
    await holds(context, property, { runs: 2_000 });
  });
});

test('any text is a name or is refused in one line, by everything that reads names', async (context) => {
  const text = fc.oneof(nastyText, spoiltText(rdns.map((parts) => joined(parts.map(({ ours }) => ours)))));
  const property = fc.property(text, text, (one, another) => {
    const parsed = orRefused(() => parseDn(one));
    assert.equal(isDn(one), (parsed?.length ?? 0) > 1);
    const normal = orRefused(() => normaliseDn(one));
    assert.equal(normal === null, parsed === null);
    if (normal !== null) assert.equal(normaliseDn(normal), normal);
    for (const read of [rdnOf, parentDn]) assert.equal(typeof read(one), 'string');
    orRefused(() => rdnValue(one));
    orRefused(() => normaliseDnPattern(one));
    orRefused(() => isUnder(one, another));
  });
  await holds(context, property, { runs: 5_000 });
});
