/** Releasing and approving whom a plan file shows as held and pending: the same word as `connector release`, about what was reviewed. */
import type { PersonKey } from '@connector/shared/keys.ts';
import type { Store } from '@connector/shared/store.ts';
import { decideAll, peopleDecided } from '../held/decide.ts';
import { type HeldPerson, readHeld } from '../held/held-people.ts';
import { hasAllGuarded, type JudgedPerson } from './verdicts.ts';

const words = [
  { kind: 'release', list: 'held', verdict: 'released' },
  { kind: 'approve', list: 'pending', verdict: 'approved' },
] as const;

/**
 * Decides about everybody whose verdict asks for it; somebody who has changed meanwhile is left as they are.
 * @returns those who are decided about, to be planned now
 */
export async function decideReviewed(
  store: Store,
  people: readonly JudgedPerson[],
  { by, atMs }: { by: string; atMs: number },
): Promise<PersonKey[]> {
  const decided: PersonKey[] = [];
  for (const { kind, list, verdict } of words) {
    const asked = people.filter(({ verdicts }) => verdicts.some((each) => each.kind === kind));
    if (asked.length === 0) continue;
    const planned = new Map(asked.map((each) => [each.planned.person, each.planned]));
    const isAsShown = (held: HeldPerson) => {
      const reviewed = planned.get(held.person);
      return reviewed !== undefined && hasAllGuarded(reviewed, held);
    };
    const now = (await readHeld(store, list)).filter(isAsShown);
    decided.push(...peopleDecided(await decideAll(store, now, { verdict, by, atMs }), verdict));
  }
  return decided;
}
