/** What tells the style of our own page from any that somebody has slipped into it. */
import { randomBytes } from 'node:crypto';

/** A nonce for one answer, as its security policy and its style sheets have it: 144 random bits in base64. */
export const newNonce = (): string => randomBytes(18).toString('base64');
