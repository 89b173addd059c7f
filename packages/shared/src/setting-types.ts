/** Kinds of values that several sections of the configuration have. */
import { z } from 'zod';
import { DnSyntaxError, parseDn } from './dn.ts';

/** Names of this machine by which nothing leaves it. */
export const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** A certificate in PEM form. */
export const certificate = z
  .string()
  .includes('-----BEGIN CERTIFICATE-----', { error: 'holds no certificate in PEM form; write one that does' });

/** A secret, which may be written as a file. */
export const secret = z.string().min(1, 'is empty; write the secret, or its file as …File');
/** A file, relative to the configuration's folder. */
export const filePath = z.string().min(1).meta({ title: 'path of a file' });
/** A DN of at least two parts: YAML reads `[OU=People,DC=corp]` as a list of two, and each would pass for a base. */
export const distinguishedName = z
  .string()
  .meta({ title: 'DN', pattern: '=.*,.*=' })
  .superRefine((dn, context) => {
    const parts = partsOfDn(dn);
    if (parts >= 2) return;
    const example = 'OU=People,DC=corp,DC=example,DC=com';
    const message = parts === 1 ? `"${dn}" is only a part of a DN` : `"${dn}" is no DN`;
    context.addIssue({
      code: 'custom',
      message: `${message}; write each whole on a line of its own, "- ${example}", or in quotes`,
    });
  });

/** How many RDNs a DN has; 0 for what is none. */
function partsOfDn(dn: string): number {
  try {
    return parseDn(dn).length;
  } catch (error) {
    if (error instanceof DnSyntaxError) return 0;
    throw error;
  }
}
