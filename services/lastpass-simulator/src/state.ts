/** The tenant's whole state as the control API and the state file show it. */
import { z } from 'zod';
import { type CompanyEvent, companyEvent } from './event-log.ts';
import { type FolderState, folderList } from './folder.ts';
import { type Policy, policyList } from './policies.ts';
import { type RegisteredKey, registeredKey } from './registered-keys.ts';
import { type User, username, userSeed } from './user.ts';

/** How somebody left for good. */
const departure = z.strictObject({
  id: z.string(),
  username,
  /** `removed`: deluser 1, the account lives on outside; `deleted`: deluser 2, the vault is gone. */
  how: z.enum(['removed', 'deleted']),
});
export type Departure = z.infer<typeof departure>;

/** What may be seeded: every part may be missing, and is then empty. */
export const stateSeed = z.strictObject({
  users: z.array(userSeed).default([]),
  /** Group name → usernames. A member listed here joins; a group with nobody in it exists, empty. */
  groups: z.record(z.string().min(1), z.array(username)).default({}),
  /** Addresses invited that haven't accepted yet: they aren't users. */
  invited: z.array(username).default([]),
  /** Address → when (ISO) each welcome e-mail went out: more than one time is a mistake worth finding. */
  welcomeEmails: z.record(username, z.array(z.string())).default({}),
  departed: z.array(departure).default([]),
  folders: folderList.default([]),
  policies: policyList.default([]),
  /** Username → K2 and fragment id of federated users. */
  keys: z.record(username, registeredKey).default({}),
  /** The event log, oldest first. */
  events: z.array(companyEvent).refine(isInOrder, 'each event must have a later time than the one before').default([]),
  /** The id that the next new user gets. */
  nextId: z.number().int().min(1).optional(),
});
export type StateSeed = z.infer<typeof stateSeed>;
/** A seed as it may be written, before the defaults. */
export type StateInput = z.input<typeof stateSeed>;

/** A snapshot: users by ascending id, groups by name, addresses by alphabet; the same state is the same bytes. */
export type State = {
  users: User[];
  groups: Record<string, string[]>;
  invited: string[];
  welcomeEmails: Record<string, string[]>;
  departed: Departure[];
  folders: FolderState[];
  policies: Policy[];
  /** Missing where nobody is federated. */
  keys?: Record<string, RegisteredKey>;
  nextId: number;
};

/** What a state file keeps. The event log isn't in a snapshot, as it can be larger than all else. */
export type KeptState = State & { events: CompanyEvent[] };

function isInOrder(events: CompanyEvent[]): boolean {
  return events.every(({ timeUs }, at) => timeUs > (events[at - 1]?.timeUs ?? -1));
}
