/** What was typed: a command and its options. */
import type { FragmentId } from '@connector/federation/derived.ts';
import type { AuditHead } from '@connector/shared/audit.ts';
import type { Role } from '../access/access-tokens.ts';
import type { Shell } from '../completion/completion-script.ts';
import type { Verdict } from '../held/decide.ts';
import type { WaitingList } from '../held/held-people.ts';
import type { Wanted } from '../policy/wanted-policy.ts';

/** The lists that `retry` takes people from. */
export type RetryList = 'aside' | 'drift';

export type Invocation = { readonly json: boolean } & (
  | { readonly command: 'status'; readonly all: boolean }
  | { readonly command: 'check' | 'test-notifications' }
  | { readonly command: 'held' | 'pending' | 'aside' | 'drift' | 'pause' | 'resume' }
  | { readonly command: 'tokens' }
  | { readonly command: 'completion'; readonly shell: Shell }
  | { readonly command: 'policy' | 'policy-history' }
  | {
      readonly command: 'set-policy';
      readonly wanted: Wanted;
      /** Number of the policy that somebody has looked at; `null`: whichever counts now. */
      readonly number: number | null;
      readonly yes: boolean;
      readonly dryRun: boolean;
    }
  | { readonly command: 'debug-log'; readonly on: boolean | null; readonly forMs: number }
  | { readonly command: 'audit'; readonly offset: number; readonly limit: number }
  | { readonly command: 'export-audit'; readonly csv: boolean }
  | { readonly command: 'verify-audit'; readonly known: AuditHead | null }
  | { readonly command: 'create-token'; readonly name: string; readonly role: Role; readonly forMs: number | null }
  | { readonly command: 'revoke-token'; readonly names: readonly string[] }
  | { readonly command: 'explain'; readonly who: readonly string[] }
  | { readonly command: 'federation-status'; readonly verify: boolean }
  | {
      readonly command: 'convert-to-federated';
      readonly group: string | null;
      readonly cancel: boolean;
      readonly yes: boolean;
      readonly dryRun: boolean;
    }
  | { readonly command: 'forget-company-key' }
  | { readonly command: 'generate-key'; readonly out: string | null }
  | { readonly command: 'verify-key'; readonly file: string; readonly expected: FragmentId | null }
  | { readonly command: 'support-bundle'; readonly out: string | null }
  | { readonly command: 'preview'; readonly csv: boolean; readonly out: string | null }
  | {
      readonly command: 'apply';
      readonly file: string;
      readonly yes: boolean;
      readonly dryRun: boolean;
      readonly withHeld: boolean;
      readonly timeoutMs: number;
    }
  | {
      readonly command: 'decide';
      readonly verdict: Verdict;
      /** Those who can be meant. */
      readonly from: readonly WaitingList[];
      /** Empty: everybody. */
      readonly who: readonly string[];
    }
  | {
      readonly command: 'retry';
      /** Empty: everybody on `lists`. */
      readonly who: readonly string[];
      readonly lists: readonly RetryList[];
    }
  | { readonly command: 'undo'; readonly who: readonly string[]; readonly all: boolean }
  | {
      readonly command: 'sync';
      readonly full: boolean;
      readonly confirmFirst: boolean;
      readonly wait: boolean;
      readonly timeoutMs: number;
    }
);

/** Told what was typed. */
export type OnInvocation = (invocation: Invocation) => void;

/** A flag as commander gives it: missing when it wasn't typed. */
export type Flag = true | undefined;
export const given = (flag: Flag): boolean => flag === true;

/** Every command has it. */
export const json = ['--json', 'print one JSON document, errors included'] as const;

/** How somebody is named on the command line. */
export const people = 'user names (mail), person keys or objectGUIDs';
