/**
 * The two halves of a federated user's key, as two types: neither may ever take the other's place, for K1 must not go to LastPass.
 *
 * Both are random bytes of one length. K1 is the company's: one for everybody, or one for each user in a confidential attribute. K2 is
 * LastPass's, one for each user, however K1 came about.
 */
import { randomBytes } from 'node:crypto';
import { Secret } from './secret.ts';

/** Of the halves that we make, in bytes: what SHA-256 takes no more entropy than. */
export const madeBytes = 32;

/** Of those that we find, which another program may have made, in bytes. */
const fewestBytes = 16;
const mostBytes = 128;

/** A text isn't a key half. The message says why, and tells nothing of the text. */
export class KeyHalfError extends Error {
  override readonly name = 'KeyHalfError';
  readonly code = 'KEY_HALF';
}

/** K1: the company's half. Whoever loses it has lost the vault. */
export class CompanyHalf extends Secret {
  /** Tells the two types apart. */
  readonly half = 'K1';

  /** A new one. */
  static random(): CompanyHalf {
    return new CompanyHalf(randomBytes(madeBytes));
  }

  /** From base64, as files and attributes hold it. @throws KeyHalfError */
  static from(text: string): CompanyHalf {
    return new CompanyHalf(bytesOf(text));
  }
}

/** K2: LastPass's half. */
export class LastPassHalf extends Secret {
  /** Tells the two types apart. */
  readonly half = 'K2';

  /** A new one, as long as the company's half that it belongs to. */
  static randomFor({ length }: CompanyHalf): LastPassHalf {
    return new LastPassHalf(randomBytes(length));
  }

  /** From base64, as a key registrar tells it. @throws KeyHalfError */
  static from(text: string): LastPassHalf {
    return new LastPassHalf(bytesOf(text));
  }
}

/** Strictly: Buffer.from passes over whatever isn't base64, and a key with a slip in it would be another key. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text)
    throw new KeyHalfError(
      'is not base64, with no blanks and its "=" at the end; write all of the key, and nothing else',
    );
  if (bytes.length < fewestBytes || bytes.length > mostBytes)
    throw new KeyHalfError(
      `has ${bytes.length} bytes, and a key half has ${fewestBytes} to ${mostBytes}, ours ${madeBytes}; write all of the key`,
    );
  return bytes;
}
