/** Values of a policy, and what was changed in them, for people. Pure. */
import type { PolicyChange } from '../../api/documents.ts';

type Value = PolicyChange['is'];

/** `approve`; `disabled at once, remove after 30d`; `Staff, Sales`. */
export function valueText(value: Value): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((each) => String(each)).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const { action, after } = value;
  return action === undefined || after === undefined
    ? JSON.stringify(value)
    : `disabled at once, ${action} after ${after}`;
}

/** What was changed in a key: of a list what came to it and what went, of anything else what it was and is. */
export type ChangeWords =
  | { readonly kind: 'value'; readonly was: string; readonly is: string }
  | { readonly kind: 'list'; readonly added: readonly string[]; readonly gone: readonly string[] };

export function changeWords({ was, is }: Pick<PolicyChange, 'was' | 'is'>): ChangeWords {
  if (!Array.isArray(was) || !Array.isArray(is)) return { kind: 'value', was: valueText(was), is: valueText(is) };
  const [before, after] = [was.map(String), is.map(String)];
  const added = after.filter((each) => !before.includes(each));
  const gone = before.filter((each) => !after.includes(each));
  // Only their order is another.
  if (added.length + gone.length === 0) return { kind: 'value', was: valueText(was), is: valueText(is) };
  return { kind: 'list', added, gone };
}
