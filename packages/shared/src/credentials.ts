/** Naming LastPass credentials without telling them. */
import { createHash } from 'node:crypto';

/** A digest under which refused credentials are remembered: it tells whether others are the same, and nothing else. */
export const credentialsDigest = ({ cid, provhash }: { cid: string; provhash: string }): string =>
  createHash('sha256').update(`${cid}\0${provhash}`).digest('hex').slice(0, 16);

/** Names a tenant, for what must not be taken to another one. */
export const tenantDigest = ({ cid }: { cid: string }): string =>
  createHash('sha256').update(`tenant\0${cid}`).digest('hex').slice(0, 16);
