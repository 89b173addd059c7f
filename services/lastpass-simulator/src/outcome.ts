/** What a command did, in our own words; `wire.ts` turns it into an answer. */
import type { Settings } from './settings.ts';
import type { User } from './user.ts';

/** One change to one account, in the words of a sync plan. */
export type Change = {
  username: string;
  step:
    | 'create'
    | 'rename'
    | 'update'
    | 'enable'
    | 'disable'
    | 'join-groups'
    | 'leave-groups'
    | 'withdraw'
    | 'remove'
    | 'delete'
    | 'welcome-email';
  /** The groups of a join or leave. */
  groups?: string[];
};

/** What a command may know beyond the tenant and its data. */
export type CommandContext = {
  settings: Settings;
  now: Date;
  /** Usernames that a fault refuses → the error text. */
  poisoned: ReadonlyMap<string, string>;
};

export type Answer =
  | { kind: 'done'; message?: string }
  | { kind: 'failed'; errors: string[] }
  /** Some entries refused, the others applied. */
  | { kind: 'partly'; errors: string[] }
  | { kind: 'switched'; to: 'disabled' | 'enabled'; changed: string[]; unchanged: string[]; errors: string[] }
  | { kind: 'listed'; total: number; users: User[]; invited: string[] }
  | { kind: 'not-listed'; username: string }
  | { kind: 'too-large'; largestBatch: number };

export type Outcome = { answer: Answer; changes: Change[] };

/** Nothing changed, for these reasons. */
export function failed(...errors: string[]): Outcome {
  return { answer: { kind: 'failed', errors }, changes: [] };
}

/** The text of deluser and others for an address without an account. */
export function noSuchUser(username: string): string {
  return `No such user: ${username}`;
}
