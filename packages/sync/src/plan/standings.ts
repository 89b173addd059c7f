/**
 * How people stand for whom another directory has a counterpart: one with their mail, or the mail that their account has. Each is noted when
 * its person is planned, from the whole of a read, and whoever it concerns is planned again when it is another than before. So nobody
 * takes an account from somebody who only seems to have left, in the midst of a read of another directory.
 */
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { peopleWithMail } from '@connector/shared/people-with-mail.ts';
import { parseStored } from '@connector/shared/store.ts';
import { type Guard, TICK } from '@connector/shared/transaction.ts';
import { z } from 'zod';
import type { Known } from './known-state.ts';
import { type Other, type Standing, standings } from './mail-owner.ts';
import type { Context } from './planning-context.ts';

/** Stands for the version of the policy in a note that was struck out: it is that of none. */
const struckOut = '';

const notedStanding = z.strictObject({
  standing: z.enum(standings),
  /** The addresses by which others are concerned. */
  mails: z.array(z.string()),
  /** `PolicyState.version` under which it was worked out; `struckOut`. */
  policy: z.string(),
});
type Noted = z.infer<typeof notedStanding>;

/** What is known of others. */
export interface ReadOthers {
  readonly others: readonly Other[];
  readonly guards: readonly Guard[];
  /** Of other directories, whose standing isn't known at the moment: they are to be planned, and tell it then. */
  readonly unknown: readonly Unknown[];
}

/** Somebody whose standing isn't known. */
export interface Unknown {
  readonly person: PersonKey;
  /** What was noted of them last. */
  readonly noted: Noted | null;
}

/**
 * Reads how others stand. Whose standing isn't known counts as `enabled`, which takes nothing from anybody; whoever plans by it
 * strikes out what was noted, so that the other's planning comes back to them.
 */
export async function readOthers(
  context: Context,
  person: PersonKey,
  others: readonly PersonKey[],
): Promise<ReadOthers> {
  const read = await Promise.all([...new Set(others)].map((other) => readOther(context, person, other)));
  return {
    others: read.map(({ other }) => other),
    guards: read.flatMap(({ guards }) => guards),
    unknown: read.flatMap(({ other, isKnown, noted }) => (isKnown ? [] : { person: other.person, noted })),
  };
}

async function readOther({ store, directories, inForce }: Context, person: PersonKey, other: PersonKey) {
  const { redis, keys } = store;
  const order = [person, other].map((each) => directories.findIndex(({ id }) => id === partsOfPerson(each).directory));
  const [own = 0, theirs = 0] = order;
  // Of the same directory, or of one that isn't configured any more: nobody's standing counts, nor will it be known.
  if (own === theirs || theirs < 0)
    return {
      ...{ other: { person: other, place: 'same', standing: 'enabled' } as const, guards: [] },
      ...{ isKnown: true, noted: null },
    };
  const [touched, raw, listed] = await Promise.all([
    redis.hget(keys.touched, other),
    redis.hget(keys.standings, other),
    redis.zscore(keys.toPlan, other),
  ]);
  const { value } = parseStored(notedStanding, keys.standings, raw);
  const isKnown = value !== null && value.policy === inForce.value.version && listed === null;
  const guards: Guard[] = [
    { command: ['HGET', keys.touched, other], is: touched },
    { command: ['HGET', keys.standings, other], is: raw },
  ];
  const place = theirs < own ? ('earlier' as const) : ('later' as const);
  return {
    other: { person: other, place, standing: isKnown ? value.standing : ('enabled' as const) },
    guards,
    isKnown,
    noted: value,
  };
}

/** What storing a plan adds for the sake of others. */
export interface Noting {
  readonly guards: readonly Guard[];
  readonly writes: readonly string[][];
  /** Who is to be planned again. */
  readonly people: readonly PersonKey[];
}

/**
 * Notes how somebody stands, for those of other directories who share one of these addresses with them; and puts those on the list whom it
 * concerns, in this person's place: the guard judges nobody before they are planned, too.
 * @param standing `null`: the directory has nobody of that name any more
 * @param unknown see `ReadOthers`
 */
export async function noteStanding(
  { store, directories, inForce }: Context,
  { person, place }: Pick<Known, 'person' | 'place'>,
  { standing, mails, unknown }: { standing: Standing | null; mails: readonly string[]; unknown: readonly Unknown[] },
): Promise<Noting> {
  if (directories.length < 2) return { guards: [], writes: [], people: [] };
  const { redis, keys } = store;
  const own = partsOfPerson(person).directory;
  const ids = directories.map(({ id }) => id).filter((id) => id !== own);
  const raw = await redis.hget(keys.standings, person);
  const before = parseStored(notedStanding, keys.standings, raw).value;
  const sharing = standing === null ? [] : await peopleWithMail(store, ids, mails);
  const noted =
    sharing.length > 0 ? JSON.stringify({ standing, mails: [...mails], policy: inForce.value.version }) : null;
  const isOther = noted !== raw;
  const former = isOther ? await peopleWithMail(store, ids, before?.mails ?? []) : [];
  const people = [...new Set([...(isOther ? [...sharing, ...former] : []), ...unknown.map((other) => other.person)])];
  return {
    guards: [{ command: ['HGET', keys.standings, person], is: raw }],
    people,
    writes: [
      ...(isOther ? [noted === null ? ['HDEL', keys.standings, person] : ['HSET', keys.standings, person, noted]] : []),
      // By its addresses those whom it concerned are told what comes of it, also when nobody shares one with the person any more.
      ...unknown.flatMap((other) =>
        other.noted
          ? [['HSET', keys.standings, other.person, JSON.stringify({ ...other.noted, policy: struckOut })]]
          : [],
      ),
      ...touch(keys, people, { place: place ?? TICK }),
    ],
  };
}
