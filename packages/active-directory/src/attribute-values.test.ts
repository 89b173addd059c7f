import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accountExpiresMsOf, booleanOf, integerOf, ridOf } from './attribute-values.ts';

describe('accountExpiresMsOf', () => {
  const table: [string | undefined, number | null][] = [
    ['0', null],
    ['9223372036854775807', null],
    ['116444736000000000', 0],
    ['133485408000000000', Date.UTC(2024, 0, 1)],
    ['1', -11_644_473_600_000],
    ['-1', null],
    ['soon', null],
    ['', null],
    ['99999999999999999999999', null],
    [undefined, null],
  ];
  for (const [text, ms] of table) {
    it(`reads ${text} as ${ms}`, () =>
      assert.equal(accountExpiresMsOf(text === undefined ? undefined : Buffer.from(text)), ms));
  }
});

describe('ridOf', () => {
  it('is the last part of a SID, unsigned', () => {
    const domain = '01050000000000051500000001000000020000000300000';
    assert.equal(ridOf(Buffer.from(`${domain}0f4010000`, 'hex')), 500);
    assert.equal(ridOf(Buffer.from(`${domain}0ffffffff`, 'hex')), 4_294_967_295);
  });
  it('is nothing of what is no SID', () => {
    for (const hex of ['', '01', '0100000000000005', '010500000000000515000000']) {
      assert.equal(ridOf(Buffer.from(hex, 'hex')), null);
    }
    assert.equal(ridOf(undefined), null);
  });
});

describe('integerOf and booleanOf', () => {
  it('read what is one', () => {
    assert.equal(integerOf(Buffer.from('66082')), 66_082);
    assert.equal(integerOf(Buffer.from('-2147483646')), -2_147_483_646);
    assert.equal(booleanOf(Buffer.from('TRUE')), true);
    assert.equal(booleanOf(Buffer.from('FALSE')), false);
  });
  it('give nothing for anything else', () => {
    for (const text of ['', ' 1', '1.5', '0x10', '9007199254740993', 'yes']) {
      assert.equal(integerOf(Buffer.from(text)), null, text);
      assert.equal(booleanOf(Buffer.from(text)), null, text);
    }
  });
});
