/** Attributes of users, added to a domain's schema as docs/federation-attribute.md has administrators do it. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** The domain; `SambaDomain` is one. */
interface ExtensibleDomain {
  readonly baseDn: string;
  readonly load: (ldif: string) => Promise<void>;
}

export interface AddedAttribute {
  /** Default: `lastPassK1`, as the page has it. */
  readonly name?: string;
  /** Lines of the page's that are to be others, or besides, such as `{ searchFlags: '0' }`. */
  readonly lines?: Readonly<Record<string, string>>;
  /** Whether users have it; default: they do. */
  readonly isOfUsers?: boolean;
}

const pageName = 'lastPassK1';
const pageOid = '1.2.3.4.5.6.7';
const pageRoot = 'DC=corp,DC=example,DC=com';
let added = 0;

/** Adds one; what runs in the domain knows it at once. */
export async function addAttribute(
  domain: ExtensibleDomain,
  { name = pageName, lines = {}, isOfUsers = true }: AddedAttribute = {},
): Promise<void> {
  const page = await readFile(resolve(import.meta.dirname, '../../../docs/federation-attribute.md'), 'utf8');
  const ldif = /^```ldif\n([\s\S]*?)^```$/m.exec(page)?.[1];
  if (ldif === undefined) throw new Error('docs/federation-attribute.md has no LDIF');
  const own = ldif
    .replaceAll(pageName, name)
    .replaceAll(pageRoot, domain.baseDn)
    .replace(pageOid, `1.2.3.4.5.6.${7 + added++}`);
  const [attribute = '', update = '', ofUsers = '', again = ''] = own.split('\n\n');
  const others = new RegExp(`^(?:${Object.keys(lines).join('|') || 'none'}): .*\n?`, 'gm');
  const changed = Object.entries(lines).map(([type, value]) => `${type}: ${value}`);
  const definition = [attribute.replace(others, '').trim(), ...changed].join('\n');
  const records = [definition, update, ...(isOfUsers ? [ofUsers, again] : [])];
  await domain.load(`${records.join('\n\n')}\n`);
}
