/** What comes of the two halves, as public clients of LastPass reckon it. Pure. */
import { createHash } from 'node:crypto';
import { type CompanyHalf, KeyHalfError, type LastPassHalf } from './key-halves.ts';
import { Secret } from './secret.ts';

declare const brand: unique symbol;

/** base64(SHA-256(K1)): tells which K1 a user's K2 belongs to, and nothing of K1 itself. It may be shown. */
export type FragmentId = string & { readonly [brand]: 'FragmentId' };

/** Of a SHA-256 in base64. */
const fragmentIdPattern = /^[A-Za-z0-9+/]{43}=$/;

/** Whether a text has the form of a fragment id. */
export const isFragmentId = (text: string): text is FragmentId => fragmentIdPattern.test(text);

/** The fragment id of a company's half. */
export function fragmentIdOf(k1: CompanyHalf): FragmentId {
  const text = createHash('sha256').update(k1.bytes()).digest('base64');
  if (!isFragmentId(text)) throw new Error('a SHA-256 in base64 has 44 characters');
  return text;
}

/** What a federated user has instead of a master password; `reveal` gives it as it is used. */
export class HiddenMasterPassword extends Secret {
  /** base64(SHA-256(K1 XOR K2)). @throws KeyHalfError where the halves aren't of one length */
  static of(k1: CompanyHalf, k2: LastPassHalf): HiddenMasterPassword {
    if (k1.length !== k2.length)
      throw new KeyHalfError(
        `K1 has ${k1.length} bytes and K2 ${k2.length}, which belong to different keys; restore the K1 that K2 was made for`,
      );
    const other = k2.bytes();
    const both = k1.bytes().map((byte, at) => byte ^ (other[at] ?? 0));
    const password = new HiddenMasterPassword(createHash('sha256').update(both).digest());
    both.fill(0);
    return password;
  }
}
