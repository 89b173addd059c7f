/** A DN as the extended-DN control gives it: `<GUID=…>;<SID=…>;CN=…` (MS-ADTS 3.1.1.3.4.1.5). */
import { guidText } from './guid.ts';

export interface ExtendedDn {
  /** `null` where the server gave none. */
  readonly guid: string | null;
  /** Without what stands before it in angle brackets. */
  readonly dn: string;
}

export function parseExtendedDn(text: string): ExtendedDn {
  let guid: string | null = null;
  let rest = text;
  for (let part = component(rest); part !== null; part = component(rest)) {
    if (part.name === 'guid') guid = guidOf(part.value);
    rest = rest.slice(part.length);
  }
  return { guid, dn: rest };
}

function component(text: string): { name: string; value: string; length: number } | null {
  const [all, name, value] = /^<([^=>]+)=([^>]*)>;?/.exec(text) ?? [];
  if (all === undefined || name === undefined || value === undefined) return null;
  return { name: name.toLowerCase(), value, length: all.length };
}

/** Servers older than the control's flag write the 16 bytes in hexadecimal. */
function guidOf(value: string): string | null {
  if (/^[0-9a-f]{32}$/i.test(value)) return guidText(Buffer.from(value, 'hex'));
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? value.toLowerCase() : null;
}
