/** Finding people by whatever somebody knows of them. */
import { isDn, normaliseDn, rdnOf, rdnValue } from '@connector/shared/dn.ts';
import { type PersonKey, personKey } from '@connector/shared/keys.ts';
import { folded, peopleWithMail } from '@connector/shared/people-with-mail.ts';
import { type MirrorObject, nameOf } from '@connector/sync/mirror/mirror-object.ts';
import { fullnameOf } from '@connector/sync/plan/make-plan.ts';
import type { Context, View } from '@connector/sync/plan/planning-context.ts';
import type { Roster } from '../people/roster.ts';

/**
 * People who go by a name: a person key, an objectGUID, a mail, the user name of their account; else, among everybody whom the directories
 * know, deleted or not, a log-on name, a name, a DN or a mail that was theirs. The first of these ways that finds anybody decides.
 * @param roster spares going through everybody, where it is at hand and has whoever is meant
 */
export async function findPeople(context: Context, who: string, roster?: () => Promise<Roster>): Promise<PersonKey[]> {
  const { store, views } = context;
  for (const [id, { gathering }] of views) {
    const prefix = folded(personKey(id, ''));
    const guid = folded(who).startsWith(prefix) ? folded(who).slice(prefix.length) : folded(who);
    if ((await gathering.mirror.object(guid))?.kind === 'user') return [personKey(id, guid)];
  }
  const byMail = await peopleWithMail(store, [...views.keys()], [who]);
  if (byMail.length > 0) return byMail;
  const linked = await store.redis.hget(store.keys.linked, folded(who));
  if (linked !== null) return [linked];
  const called = roster === undefined || isDn(who) ? [] : (await roster()).called(who);
  if (called.length > 0) return called;
  return (await Promise.all([...views].map(([id, view]) => searched(id, view, who)))).flat();
}

async function searched(id: string, view: View, who: string): Promise<PersonKey[]> {
  const found: PersonKey[] = [];
  const goesBy = isDn(who) ? await byDn(view, who) : byName(who);
  for await (const page of view.gathering.mirror.everything())
    for (const [guid, object] of page)
      if (object.kind === 'user' && (await goesBy(object))) found.push(personKey(id, guid));
  return [...new Set(found)];
}

const byName = (who: string) => {
  const wanted = folded(who);
  return (object: MirrorObject): boolean =>
    [object.sAMAccountName, object.mail, fullnameOf(object), nameOf(object)].some(
      (name) => name !== null && folded(name) === wanted,
    );
};

function byDn({ gathering }: View, dn: string) {
  const [wanted, rdn] = [normaliseDn(dn), folded(rdnValue(rdnOf(dn)))];
  return async (object: MirrorObject): Promise<boolean> => {
    if (folded(nameOf(object)) !== rdn) return false;
    const own = await gathering.dnOf(object);
    return isDn(own) && normaliseDn(own) === wanted;
  };
}
