/** What an entry of the audit trail tells, in a few words: for the command, and for the page in a browser. Pure. */
import type { AuditEntry } from '@connector/shared/audit.ts';

/** What something was or is, in a few words. */
function valueText(value: AuditEntry['was']): string {
  if (value === null) return '';
  if (typeof value !== 'object') return String(value);
  const entries = Array.isArray(value) ? value.map((each) => valueText(each)) : Object.entries(value).map(pairText);
  return entries.filter((text) => text !== '').join(', ');
}
const pairText = ([name, value]: [string, AuditEntry['was']]): string =>
  value === null ? '' : `${name} ${typeof value === 'object' ? `(${valueText(value)})` : value}`;

/** From what to what, in a few words. */
export const changeText = ({ was, is }: Pick<AuditEntry, 'was' | 'is'>): string => {
  const [before, after] = [valueText(was), valueText(is)];
  if (before !== '' && after !== '') return `${before} → ${after}`;
  return before === '' ? after : `${before} → nothing`;
};

/** What LastPass answered, and how long it took, in a few words; nothing where it wasn't asked. */
export function answerText({ answer }: { readonly answer?: AuditEntry['answer'] | null }): string {
  if (answer == null) return '';
  const { command, said, tookMs } = answer;
  return `${command}${tookMs === null ? '' : `, ${tookMs} ms`}${said === null ? '' : `: ${said}`}`;
}
