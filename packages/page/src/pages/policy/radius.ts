/** What another policy would do to people, in the parts in which it is shown: who would lose access comes first, by themselves. Pure. */
import type { AffectedByPolicy, Radius, Step } from '../../api/documents.ts';
import { isLeaverKind } from '../../text/step-kinds.ts';

/** Somebody to whom something would happen. */
export interface AffectedPerson {
  readonly person: string;
  readonly name: string;
  /** `null` of whoever is set aside. */
  readonly username: string | null;
  readonly steps: readonly Step[];
  /** Why it waits, or what stands in the way; `null`: it is sent by itself. */
  readonly because: string | null;
}

export interface RadiusPart {
  readonly id: string;
  /** Stands above its list. */
  readonly title: string;
  /** In a word or two, below its number. */
  readonly label: string;
  /** Access is taken from these people. */
  readonly takes: boolean;
  readonly people: readonly AffectedPerson[];
}

const isLeaver = ({ steps }: AffectedByPolicy): boolean => steps.some(({ kind }) => isLeaverKind(kind));

// By code units: a collator takes a second for 100,000 names.
const byName = (a: AffectedPerson, b: AffectedPerson): number => Number(a.name > b.name) - Number(a.name < b.name);

const affected = (person: AffectedByPolicy & { readonly because?: string }): AffectedPerson => ({
  ...person,
  because: person.because ?? null,
});

/** All parts, the empty ones too. */
export function radiusParts({ sent, held, pending, setAside, noLonger }: Radius): RadiusPart[] {
  const part = (
    id: string,
    words: { title: string; label: string; takes?: true },
    people: readonly AffectedPerson[],
  ): RadiusPart => ({ id, takes: false, ...words, people: [...people].sort(byName) });
  const stay = (person: AffectedByPolicy) => !isLeaver(person);
  return [
    part(
      'leave',
      { title: 'Would lose access, without anybody’s word', label: 'lose access', takes: true },
      sent.filter(isLeaver).map(affected),
    ),
    part(
      'leave-held',
      { title: 'Would lose access, once somebody has released it', label: 'lose access once released', takes: true },
      held.filter(isLeaver).map(affected),
    ),
    part(
      'sent',
      { title: 'Would be changed, without anybody’s word', label: 'changed' },
      sent.filter(stay).map(affected),
    ),
    part('held', { title: 'Would be held', label: 'held' }, held.filter(stay).map(affected)),
    part('pending', { title: 'Would wait for approval', label: 'pending' }, pending.map(affected)),
    part(
      'aside',
      { title: 'Would be set aside', label: 'set aside' },
      setAside.map(({ person, name, reason }) => ({ person, name, username: null, steps: [], because: reason })),
    ),
    part('no-longer', { title: 'Would not wait for a word any more', label: 'no longer wait' }, noLonger.map(affected)),
  ];
}
