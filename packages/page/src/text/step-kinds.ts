/** Kinds of steps, in words, and how often each is among several people's. Pure. */
import type { Step } from '../api/documents.ts';
import { numberText } from './count.ts';

/** What a step of each kind does, in the order of telling: who loses most first. */
export const stepKindWords: Readonly<Record<Step['kind'], string>> = {
  delete: 'delete',
  remove: 'remove',
  withdraw: 'withdraw the invitation',
  disable: 'disable',
  'leave-groups': 'leave groups',
  create: 'create',
  enable: 'enable',
  'join-groups': 'join groups',
  'change-email': 'change the address',
  rename: 'rename',
};

/** `3 delete, 12 disable`: how many people each kind is about. */
export function kindsText(people: readonly { readonly steps: readonly Step[] }[]): string {
  const counts = new Map<string, number>();
  for (const { steps } of people)
    for (const kind of new Set(steps.map((step) => step.kind))) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Object.entries(stepKindWords)
    .flatMap(([kind, word]) => (counts.has(kind) ? [`${numberText(counts.get(kind) ?? 0)} ${word}`] : []))
    .join(', ');
}
