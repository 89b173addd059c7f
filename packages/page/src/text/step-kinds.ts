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
  federate: 'make the log-in federated',
  enable: 'enable',
  'join-groups': 'join groups',
  'change-email': 'change the address',
  rename: 'rename',
};

const leaverKinds: readonly string[] = ['disable', 'withdraw', 'remove', 'delete'] satisfies Step['kind'][];

/** Whether a kind of step makes somebody a leaver: these the guard counts. */
export const isLeaverKind = (kind: string): boolean => leaverKinds.includes(kind);

/** `3 delete, 12 disable`: how many people each kind is about. */
export function kindsText(people: readonly { readonly steps: readonly Step[] }[]): string {
  const counts = new Map<string, number>();
  for (const { steps } of people)
    for (const kind of new Set(steps.map((step) => step.kind))) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Object.entries(stepKindWords)
    .flatMap(([kind, word]) => (counts.has(kind) ? [`${numberText(counts.get(kind) ?? 0)} ${word}`] : []))
    .join(', ');
}
