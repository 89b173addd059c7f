import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bindFailure, ldapFailure } from './ldap-failure.ts';

describe('bindFailure', () => {
  const at = { dn: 'CN=svc,DC=x', url: 'ldaps://dc1' };
  const ad = (data: string) =>
    `80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data ${data}, v3839\0`;
  const reasons: [string, RegExp][] = [
    ['52e', /name or the password is wrong/],
    ['525', /no such account/],
    ['532', /password has expired/],
    ['533', /disabled/],
    ['701', /has expired; extend/],
    ['773', /must change its password/],
    ['775', /locked out/],
  ];
  for (const [data, meaning] of reasons) {
    it(`says what AD means by data ${data}`, () => {
      const error = bindFailure({ ...at, status: 49, errorMessage: ad(data) });
      assert.equal(error.code, 'bind-refused');
      assert.match(error.message, meaning);
      assert.match(error.message, /^ldaps:\/\/dc1 refuses the account CN=svc,DC=x: [^\n\0]+$/);
    });
  }
  it('knows which refusals count towards a lock-out: those where the password may be wrong', () => {
    const counts = (errorMessage: string) => bindFailure({ ...at, status: 49, errorMessage }).countsTowardsLockOut;
    assert.deepEqual(
      reasons.map(([data]) => data).filter((data) => counts(ad(data))),
      ['52e', '525'],
    );
    assert.equal(counts('no reason given'), true);
  });
  it('hands on what it has no words for', () => {
    assert.match(bindFailure({ ...at, status: 49, errorMessage: 'nope' }).message, /LDAP 49 invalidCredentials: nope/);
  });
  it('knows a server that wants encryption', () => {
    assert.equal(bindFailure({ ...at, status: 8, errorMessage: '' }).code, 'tls-required');
  });
  it("doesn't take a busy server for a refusal", () => {
    assert.equal(bindFailure({ ...at, status: 51, errorMessage: '' }).code, 'read-failed');
  });
});

describe('ldapFailure', () => {
  const table: [number, string][] = [
    [1, 'read-failed'],
    [3, 'read-failed'],
    [4, 'read-failed'],
    [8, 'tls-required'],
    [11, 'read-failed'],
    [50, 'insufficient-rights'],
    [51, 'read-failed'],
    [52, 'read-failed'],
    [999, 'read-failed'],
  ];
  for (const [status, code] of table) {
    it(`calls ${status} ${code}, with its number, in one line`, () => {
      const error = ldapFailure({ status, errorMessage: 'text\r\nmore' }, 'reading DC=x');
      assert.equal(error.code, code);
      assert.equal(error.ldapCode, status);
      assert.match(error.message, new RegExp(`^reading DC=x .*LDAP ${status} .*text more.*$`));
    });
  }
});
