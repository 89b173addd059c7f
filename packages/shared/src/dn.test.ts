import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DnSyntaxError, escapeRdnValue, isUnder, normaliseDn, parentDn, parseDn, rdnOf, rdnValue } from './dn.ts';

const anyValue = fc.string({ unit: 'binary', minLength: 1 });
const awkwardValue = fc.string({ unit: fc.constantFrom(...' ,+"\\<>;=#/ä👍\n\0ab0F'), minLength: 1 });
const value = fc.oneof(anyValue, awkwardValue).filter((text) => text.isWellFormed());
const type = fc.constantFrom('CN', 'OU', 'DC', 'cn', '2.5.4.3');
const rdn = fc.tuple(type, value).map(([name, text]) => ({ text: `${name}=${escapeRdnValue(text)}`, value: text }));

describe('parseDn', () => {
  it('gives back every value that was escaped', () => {
    fc.assert(
      fc.property(fc.array(rdn, { minLength: 1, maxLength: 5 }), (rdns) => {
        const parsed = parseDn(rdns.map(({ text }) => text).join(','));
        assert.deepEqual(
          parsed.map(({ attributes }) => attributes[0]?.value),
          rdns.map((one) => one.value),
        );
      }),
    );
  });

  it('keeps the text of each RDN', () => {
    fc.assert(
      fc.property(fc.array(rdn, { minLength: 1, maxLength: 5 }), (rdns) => {
        const dn = rdns.map(({ text }) => text).join(',');
        assert.equal(
          parseDn(dn)
            .map(({ text }) => text)
            .join(','),
          dn,
        );
      }),
    );
  });

  it('reads hexadecimal pairs as bytes of UTF-8', () => {
    assert.equal(rdnValue('CN=Lu\\C4\\8Di\\C4\\87'), 'Lučić');
    assert.equal(rdnValue('CN=Ann\\0ADEL:1f'), 'Ann\nDEL:1f');
  });

  it('takes the examples of RFC 4514', () => {
    assert.deepEqual(
      parseDn('OU=Sales+CN=J.  Smith,DC=example,DC=net').map(({ attributes }) => attributes.map((one) => one.value)),
      [['Sales', 'J.  Smith'], ['example'], ['net']],
    );
    assert.equal(rdnValue('CN=James \\"Jim\\" Smith\\, III'), 'James "Jim" Smith, III');
    assert.deepEqual(parseDn('1.3.6.1.4.1.1466.0=#04024869')[0]?.attributes, [
      { type: '1.3.6.1.4.1.1466.0', value: '#04024869', encoded: true },
    ]);
  });

  it('knows the empty DN', () => assert.deepEqual(parseDn(''), []));

  for (const wrong of ['Sales', '=x', 'OU=a,,DC=b', 'OU=a,', 'CN=a\\', 'C N=a']) {
    it(`refuses ${wrong}`, () => assert.throws(() => parseDn(wrong), DnSyntaxError));
  }
});

describe('rdnOf and parentDn', () => {
  it('cut a DN in two, whatever its first name holds', () => {
    fc.assert(
      fc.property(rdn, fc.array(rdn, { maxLength: 4 }), (own, above) => {
        const parent = above.map(({ text }) => text).join(',');
        const dn = parent === '' ? own.text : `${own.text},${parent}`;
        assert.equal(rdnOf(dn), own.text);
        assert.equal(parentDn(dn), parent);
      }),
    );
  });

  it('give nothing for nothing', () => {
    assert.equal(rdnOf(''), '');
    assert.equal(parentDn(''), '');
    assert.equal(rdnValue(''), '');
  });
});

describe('normaliseDn', () => {
  it('makes one form of all ways to write a name', () => {
    const same = [
      'CN=a\\;b,OU=Röm\\=1\\ ,DC=x',
      'cn=A\\3Bb, ou = r\\C3\\B6m\\3D1\\20 ,dc=X',
      'CN=a\\3bb,OU=R\\C3\\96M=1\\ ,DC=x ',
    ];
    assert.deepEqual(new Set(same.map(normaliseDn)).size, 1);
  });

  it("doesn't change what it made", () => {
    fc.assert(fc.property(rdn, ({ text }) => assert.equal(normaliseDn(normaliseDn(text)), normaliseDn(text))));
  });

  it('keeps different names apart', () => {
    assert.notEqual(normaliseDn('CN=#0401'), normaliseDn('CN=\\#0401'));
    assert.notEqual(normaliseDn('CN=a\\,OU=b'), normaliseDn('CN=a,OU=b'));
    assert.notEqual(normaliseDn('CN=a\\ '), normaliseDn('CN=a'));
    assert.notEqual(normaliseDn('CN=a\\\\ '), normaliseDn('CN=a\\\\\\ '));
  });

  it("doesn't mind the order in a multi-valued RDN", () => {
    assert.equal(normaliseDn('CN=a+UID=b,DC=x'), normaliseDn('uid=B + cn=A,DC=x'));
  });
});

describe('isUnder', () => {
  const base = 'OU=Sales\\, North,DC=example,DC=com';
  it('holds for the base itself and all below', () => {
    assert.ok(isUnder(base, base));
    assert.ok(isUnder(`CN=x,OU=y,${base.toLowerCase()}`, base));
    assert.ok(isUnder(base, ''));
  });
  it("isn't misled by an end that looks alike", () => {
    assert.ok(!isUnder('OU=X\\, North,DC=example,DC=com', 'DC=north,DC=example,DC=com'));
    assert.ok(!isUnder('CN=a\\,OU=Sales\\, North,DC=example,DC=com', base));
    assert.ok(!isUnder('DC=example,DC=com', base));
  });
});
