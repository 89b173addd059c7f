/** What administrators are told of: conditions that want somebody, each as long as it lasts. */

/** Every kind, in the order in which they are told. */
export const kinds = [
  'credentials-refused',
  'rights-lost',
  'directory-not-read',
  'accounts-not-read',
  'not-delivered',
  'service-not-ready',
  'no-seat',
  'seats-nearly-used',
  'people-held',
  'people-pending',
  'people-aside',
] as const;
export type ConditionKind = (typeof kinds)[number];

/** So many people whose changes are late are counted: more are as bad. */
export const mostLate = 1_000;

/** Somebody whom a condition is about, for messages that may say who. */
export interface Named {
  readonly name: string;
  /** The user name or mail; `null` where there is none at hand. */
  readonly mail: string | null;
}

/** A condition that holds now. */
export interface Holding {
  readonly kind: ConditionKind;
  /** The directory or the service that it is about; `null`: the whole. */
  readonly subject: string | null;
  /** Since when it has held, ms since 1970; `null`: unknown, and counted from when it is noticed. */
  readonly sinceMs: number | null;
  /** It is told once it has held for so long, ms. */
  readonly afterMs: number;
  /** How many people or accounts it is about; `null`: none in particular. */
  readonly count: number | null;
  /** When the newest of these came, ms since 1970: a later one is news. 0 where nothing tells. */
  readonly newestMs: number;
  /** What stands in the way, one line each with the remedy. Another one is news. */
  readonly problems: readonly string[];
}

/** Names a condition among all. */
export const nameOf = ({ kind, subject }: Pick<Holding, 'kind' | 'subject'>): string =>
  subject === null ? kind : `${kind}/${subject}`;
