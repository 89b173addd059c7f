/** Shapes of the Enterprise API's answers: tolerant to what we don't use, strict on what we do. */
import { z } from 'zod';

/** A list of texts that PHP may write as an object with numbered keys. */
const givenList = z
  .union([z.array(z.string()), z.record(z.string(), z.string())])
  .transform((value) => Object.values(value));

/** The same, or as null, or not at all. */
export const list = givenList.nullish().transform((value) => value ?? []);

/** An error text, several, or none. */
const texts = z
  .union([z.string(), list])
  .transform((value) => (typeof value === 'string' ? [value] : value).filter((text) => text.trim() !== ''));

/** 0 or 1, as a number, a text or a boolean. */
export const flag = z
  .union([z.boolean(), z.literal([0, 1, '0', '1'])])
  .transform((value) => value === true || value === 1 || value === '1');

/** Also as a text of digits. */
export const wholeNumber = z.union([z.number().int().min(0), z.string().regex(/^\d+$/).transform(Number)]);

/** What every answer may carry: the status word and the errors. */
export const envelope = z.looseObject({
  status: z.string().nullish(),
  error: texts.optional(),
  errors: texts.optional(),
  message: z.string().nullish(),
});
export type Envelope = z.infer<typeof envelope>;

/** `attribs`: a free map, which PHP writes as `[]` where it is empty. */
const attribs = z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).nullish();

export const wireUser = z.looseObject({
  username: z.string().min(1),
  fullname: z.string().nullish(),
  disabled: flag,
  admin: flag.nullish(),
  groups: list,
  attribs,
});
export type WireUser = z.infer<typeof wireUser>;

/** getuserdata: users by id; an empty page is an array. */
export const accountPage = z
  .looseObject({
    total: wholeNumber,
    count: wholeNumber.nullish(),
    Users: z.union([z.array(z.never()), z.record(z.string().regex(/^\d+$/), wireUser)]),
    invited: list,
  })
  .refine(({ count, Users }) => (count ?? Object.keys(Users).length) === Object.keys(Users).length, {
    path: ['count'],
    message: 'is not the number of Users: the page is not whole',
  });

/** disableuser and enableuser. A list of the changed that is there without anybody says that nobody was. */
export const switched = z.looseObject({
  disabled_users: givenList.nullish(),
  enabled_users: givenList.nullish(),
  unchanged_users: list,
});

/** Only the addresses invited, which an error answer may carry as well. */
export const invitations = z.looseObject({ invited: list });
