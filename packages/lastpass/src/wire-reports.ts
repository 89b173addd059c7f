/** Shapes of the answers that aren't about accounts: shared folders, events, expired master passwords. */
import { z } from 'zod';
import { flag, list, wholeNumber } from './wire.ts';

/** A list that PHP may write as an object with keys of any kind, as null, or not at all. */
function listOf<T>(item: z.ZodType<T>) {
  return z
    .union([z.array(item), z.record(z.string(), item)])
    .nullish()
    .transform((value) => Object.values<T>(value ?? []));
}

/** A flag that isn't told is off. */
const flagOrOff = flag.nullish().transform((value) => value ?? false);

/** A number, a text of digits, or nothing. */
const score = z
  .union([wholeNumber, z.literal('')])
  .nullish()
  .transform((value) => (typeof value === 'number' ? value : null));

/** One folder of getsfdata or getdetailedsfdata; flags come as 0 and 1, "0" and "1", or booleans [D/C]. */
export const wireFolder = z.looseObject({
  sharedfoldername: z.string(),
  score,
  deleted: flagOrOff,
  users: listOf(
    z.looseObject({
      username: z.string().min(1),
      readonly: flagOrOff,
      give: flagOrOff,
      can_administer: flagOrOff,
      superadmin: flagOrOff,
      sites: list,
    }),
  ),
});
export type WireFolder = z.infer<typeof wireFolder>;

const wireEvent = z.looseObject({
  Time: z.string(),
  Username: z.string(),
  IP_Address: z.string().nullish(),
  Action: z.string(),
  Data: z.string().nullish(),
});
export type WireEvent = z.infer<typeof wireEvent>;

/** reporting: `Event1`, `Event2`, … [D], or a list [C]; `next` in microseconds, null at the end. */
export const wireEvents = z.looseObject({ next: wholeNumber.nullish(), data: listOf(wireEvent) });

/** expiredmasterpwlist [D]; PHP writes a `continuation` without anything as `[]`. */
export const wireExpired = z.looseObject({
  continuation: z
    .union([
      z.looseObject({ token: z.string().nullish(), remaining_item_count: wholeNumber.nullish() }),
      z.array(z.never()).transform(() => ({ token: null, remaining_item_count: null })),
    ])
    .nullish(),
  items: listOf(
    z.looseObject({
      user_id: z.union([z.number().int(), z.string().regex(/^\d+$/)]).transform(String),
      user_name: z.string().min(1),
      last_pw_change: z.string().nullish(),
    }),
  ),
});
