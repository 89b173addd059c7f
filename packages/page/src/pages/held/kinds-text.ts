/** What would happen to several people, by kind of step. Pure. */
import type { Step, WaitingPerson } from '../../api/documents.ts';
import { numberText } from '../../text/count.ts';

/** What one would do, in the order of telling: who loses most first. */
const words: Readonly<Record<Step['kind'], string>> = {
  delete: 'delete',
  remove: 'remove',
  withdraw: 'withdraw',
  disable: 'disable',
  'leave-groups': 'leave groups',
  create: 'create',
  enable: 'enable',
  'join-groups': 'join groups',
  'change-email': 'change the address',
  rename: 'rename',
};

/** `3 delete, 12 disable`: how many people each kind is about. */
export function kindsText(people: readonly Pick<WaitingPerson, 'steps'>[]): string {
  const counts = new Map<string, number>();
  for (const { steps } of people)
    for (const kind of new Set(steps.map((step) => step.kind))) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Object.entries(words)
    .flatMap(([kind, word]) => (counts.has(kind) ? [`${numberText(counts.get(kind) ?? 0)} ${word}`] : []))
    .join(', ');
}
