/** What a search asks of the generated directory (RFC 4511, 4.5.1). */
import { BerReader } from 'ldapts';
import { controlOf, type LdapMessage } from '../ldap/messages.ts';
import { type ClassFilter, readClassFilter } from './class-filter.ts';
import type { Wanted } from './entries.ts';

const scopes = ['base', 'one', 'sub'] as const;

export interface SearchRequest extends Wanted {
  /** Empty for the root entry. */
  readonly base: string;
  readonly scope: (typeof scopes)[number];
  /** Of entries; 0: none. */
  readonly sizeLimit: number;
  readonly filter: ClassFilter;
  /** Deleted objects count, too. */
  readonly showDeleted: boolean;
}

const oid = { showDeleted: '1.2.840.113556.1.4.417', extendedDn: '1.2.840.113556.1.4.529' } as const;

/** @throws Refusal */
export function readSearchRequest(message: LdapMessage): SearchRequest {
  const reader = new BerReader(message.content);
  const base = reader.readString() ?? '';
  const scope = scopes[reader.readEnumeration() ?? 0] ?? 'sub';
  reader.readEnumeration(); // aliases: AD has none
  const sizeLimit = reader.readInt() ?? 0;
  reader.readInt(); // seconds
  reader.readBoolean(); // names only
  const filter = readClassFilter(reader);
  const names = new Set(readNames(reader));
  return {
    ...{ base, scope, sizeLimit, filter },
    attributes: names.size === 0 || names.has('*') ? null : names,
    extended: controlOf(message, oid.extendedDn) !== undefined,
    showDeleted: controlOf(message, oid.showDeleted) !== undefined,
  };
}

function readNames(reader: BerReader): string[] {
  reader.readSequence();
  const end = reader.offset + reader.length;
  const names: string[] = [];
  while (reader.offset < end) names.push((reader.readString() ?? '').toLowerCase());
  return names;
}
