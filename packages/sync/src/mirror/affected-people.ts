/**
 * Who must be planned again: from what a draft touched, down to the people below.
 *
 * The mirror is walked as it was before the draft. That is enough: a path that is new leads over an edge that the draft
 * itself touched, and below the lowest such edge nothing has changed.
 */
import type { Touched } from './draft.ts';
import type { Mirror } from './mirror.ts';

/** objectGUIDs of the people in or below what was touched, as far as the mirror knows them. */
export async function affectedPeople(
  mirror: Mirror,
  { members, containers }: Pick<Touched, 'members' | 'containers'>,
): Promise<Set<string>> {
  const people = new Set<string>();
  const seen = new Set<string>();
  // A container may be new to the mirror, and what lies in it be there already.
  const inContainers = await Promise.all([...containers].map((guid) => mirror.children(guid)));
  let frontier = new Set([...members, ...inContainers.flat()]);
  while (frontier.size > 0) {
    for (const guid of frontier) seen.add(guid);
    const objects = await mirror.objects(frontier);
    const below = await Promise.all(
      [...objects].map(async ([guid, { kind, rid }]) => {
        if (kind === 'group')
          return [...(await mirror.members(guid)), ...(rid === null ? [] : await mirror.primaryMembers(rid))];
        if (kind === 'container') return mirror.children(guid);
        people.add(guid);
        return [];
      }),
    );
    frontier = new Set(below.flat().filter((guid) => !seen.has(guid)));
  }
  return people;
}
