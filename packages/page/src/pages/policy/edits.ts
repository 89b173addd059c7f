/** What somebody is about to change in the policy. Pure. */
import type { PolicyWish, WholePolicy } from '../../api/documents.ts';
import type { FlatPolicy, ListKey, NumberInfo, PolicyKey } from './keys.ts';
import { keyInfos } from './keys.ts';

/** Keys with another value than the one in force; only these are sent, so that what another administrator changes meanwhile stays. */
export type Edits = Partial<FlatPolicy>;

/** A policy with a key for each value. */
export const flat = ({ guard, ...rules }: WholePolicy): FlatPolicy => ({
  ...rules,
  'guard.maxLeavers': guard.maxLeavers,
  'guard.maxLeaversPercent': guard.maxLeaversPercent,
  'guard.maxLeaversHard': guard.maxLeaversHard,
  'guard.firstCreates': guard.firstCreates,
});

/** With one key more; without it where it is again what is in force. */
export function withEdit<Key extends PolicyKey>(
  edits: Edits,
  { key, value, inForce }: { key: Key; value: FlatPolicy[Key]; inForce: FlatPolicy },
): Edits {
  return JSON.stringify(value) === JSON.stringify(inForce[key]) ? withoutEdit(edits, key) : { ...edits, [key]: value };
}

/** Without a key: it stays what is in force. */
export function withoutEdit(edits: Edits, key: PolicyKey): Edits {
  const { [key]: _, ...others } = edits;
  return others;
}

const guardPrefix = 'guard.';

/** The wish for all of them, as the API takes it. */
export function wishFor(edits: Edits): PolicyWish {
  const entries = Object.entries(edits);
  const limits = entries
    .filter(([key]) => key.startsWith(guardPrefix))
    .map(([key, value]) => [key.slice(guardPrefix.length), value]);
  return {
    set: {
      ...Object.fromEntries(entries.filter(([key]) => !key.startsWith(guardPrefix))),
      ...(limits.length === 0 ? {} : { guard: Object.fromEntries(limits) }),
    },
  };
}

/** What can't be meant, by key, with what to write. The console looks again, and more closely. */
export function problemsIn(edits: Edits): ReadonlyMap<PolicyKey, string> {
  const problems = keyInfos.flatMap((info): [PolicyKey, string][] => {
    const problem = problemOf(info, edits);
    return problem === null ? [] : [[info.key, problem]];
  });
  return new Map(problems);
}

function problemOf(info: (typeof keyInfos)[number], edits: Edits): string | null {
  switch (info.kind) {
    case 'choice':
      return null;
    case 'leaver': {
      const value = edits[info.key];
      return typeof value === 'object' && !/^[1-9]\d*(ms|s|m|h|d)$/.test(value.after)
        ? 'Write how long: a whole number from 1 on.'
        : null;
    }
    case 'list': {
      const wrong = edits[info.key]?.find((entry) => entryProblem(info.key, entry) !== null);
      return wrong === undefined ? null : entryProblem(info.key, wrong);
    }
    case 'number': {
      const value = edits[info.key];
      return value === undefined ? null : numberProblem(info, value);
    }
  }
}

function numberProblem({ most, whole }: NumberInfo, value: number): string | null {
  const isFine = value >= 0 && (most === null || value <= most) && (!whole || Number.isInteger(value));
  if (isFine) return null;
  return `Write a ${whole ? 'whole ' : ''}number ${most === null ? 'from 0 on' : `from 0 to ${most}`}.`;
}

/** A DN of several parts: no name of another kind has a comma or an equals sign. */
const dnOfParts = /^\s*[^=,\s]+\s*=.+,\s*[^=,\s]+\s*=/;

/** Why an entry of a list can't be meant. */
export function entryProblem(key: ListKey, entry: string): string | null {
  if (key === 'groupFilter' || !/[=,]/.test(entry) || dnOfParts.test(entry)) return null;
  return `“${entry}” is no whole DN: write one such as CN=Ann,OU=Staff,DC=corp,DC=example,DC=com.`;
}
