/**
 * The routes of the API: each does what a command does, and answers with the document that the command prints with `--json`
 * (docs/cli.md), so that there is one word for one thing.
 */
import { longestDebugLogMs } from '@connector/shared/debug-log.ts';
import { durationMs } from '@connector/shared/duration.ts';
import { z } from 'zod';
import type { Role } from '../access/access-tokens.ts';
import type { Invocation } from '../command-line/invocation.ts';
import { type Page, paged } from '../page.ts';
import type { QuickInvocation } from '../perform.ts';
import type { Wanted } from '../policy/wanted-policy.ts';

/** Asking for a sync, which nobody waits for here. */
interface SyncInvocation {
  readonly command: 'sync';
  readonly full: boolean;
  readonly confirmFirst: boolean;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  /** What one must be at least. */
  readonly role: Role;
  readonly summary: string;
  readonly querystring?: z.ZodType;
  readonly params?: z.ZodType;
  readonly body?: z.ZodType;
  /** A list: the arrays of its document that are told page by page, one after the other. */
  readonly pages?: readonly string[];
  /** What is answered where all is as wanted, and where it isn't (the command's exit code is 1). */
  readonly codes: { readonly done: 200 | 202; readonly notDone: 200 | 404 | 409 };
  /** What it does, for input that its schemas have let pass. */
  readonly does: (input: {
    query: unknown;
    params: unknown;
    body: unknown;
  }) => QuickInvocation | SyncInvocation | Extract<Invocation, { readonly command: 'set-policy' }>;
}

const json = true;
const looked = { done: 200, notDone: 200 } as const;
const changed = { done: 200, notDone: 409 } as const;

const names = z.array(z.string().trim().min(1).max(2_000)).min(1).max(1_000);
/** Each may take a search among everybody. */
const mostAskedFor = 20;
const who = names.describe(
  'User names (mail), person keys or objectGUIDs; or what a list tells as `asShown`: then only what it shows is decided about.',
);
const list = (
  command: 'held' | 'pending' | 'aside' | 'drift',
  { pages, summary }: { pages: readonly string[]; summary: string },
): Route => ({
  method: 'GET',
  url: `/${command}`,
  role: 'viewer',
  summary,
  querystring: paged,
  pages,
  codes: looked,
  does: () => ({ command, json }),
});

/** Either names, or a list that everybody on it is meant of: nobody is decided about by an omission. */
const whoOr = <List extends string>(lists: readonly [List, ...List[]]) =>
  z.union(
    [
      z.strictObject({ who }),
      z.strictObject({ all: z.array(z.enum(lists)).min(1).max(lists.length).describe('Everybody on these lists.') }),
    ],
    { error: 'either {"who": […]} or {"all": […]}' },
  );
type WhoOr<List> = { readonly who: readonly string[] } | { readonly all: readonly List[] };
const partsOf = <List>(given: WhoOr<List>) =>
  'who' in given ? { who: given.who, lists: [] } : { who: [], lists: [...new Set(given.all)] };

const decision = <List extends 'held' | 'pending'>(
  url: string,
  verdict: 'released' | 'approved' | 'rejected',
  {
    summary,
    lists,
    named,
  }: { summary: string; lists: readonly [List, ...List[]]; named: readonly ('held' | 'pending' | 'rejected')[] },
): Route => ({
  method: 'POST',
  url,
  role: 'administrator',
  summary,
  body: whoOr(lists),
  codes: changed,
  does: ({ body }) => {
    const given = partsOf(body as WhoOr<List>);
    return { command: 'decide', verdict, who: given.who, from: given.who.length > 0 ? named : given.lists, json };
  },
});

const asked = z.strictObject({
  who: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), names.max(mostAskedFor))
    .describe('Mails, user names, log-on names, names, DNs, person keys or objectGUIDs; again for each.'),
});
const undoing = z.union([z.strictObject({ who }), z.strictObject({ all: z.literal(true) })], {
  error: 'either {"who": […]} or {"all": true}',
});
const syncing = z.strictObject({
  full: z.boolean().default(false).describe('Read every directory afresh, not only what changed.'),
  confirmFirst: z.boolean().default(false).describe('Let the first run create everybody, not only the first few.'),
});

const debugging = z.strictObject({
  on: z.boolean(),
  for: durationMs
    .refine((ms) => ms > 0 && ms <= longestDebugLogMs, 'must be 24h at most')
    .default(3_600_000)
    .meta({ type: 'string', description: 'How long, such as 30m; an hour without, a day at most.' }),
});

const wantedPolicy = {
  set: z.record(z.string(), z.json()).describe('Keys of the policy, as in the configuration; others stay as they are.'),
  rollback: z.number().int().min(1).describe('Number of a policy that was in force before.'),
  reset: z.literal(true).describe('The configured one counts again.'),
};
const oneOfThem = 'either {"set": {…}}, {"rollback": 3} or {"reset": true}';
const considering = z.union(
  [
    z.strictObject({ set: wantedPolicy.set }),
    z.strictObject({ rollback: wantedPolicy.rollback }),
    z.strictObject({ reset: wantedPolicy.reset }),
  ],
  { error: oneOfThem },
);
const seen = {
  replaces: z.number().int().min(0).describe('Number of the policy that is replaced: another one isn’t.'),
};
const editing = z.union(
  [
    z.strictObject({ set: wantedPolicy.set, ...seen }),
    z.strictObject({ rollback: wantedPolicy.rollback, ...seen }),
    z.strictObject({ reset: wantedPolicy.reset, ...seen }),
  ],
  { error: `${oneOfThem}, with "replaces": the number of the policy that was looked at` },
);
const wantedBy = (body: unknown): Wanted => {
  const given = body as z.infer<typeof considering>;
  if ('set' in given) return { kind: 'keys', keys: given.set };
  return 'rollback' in given ? { kind: 'number', number: given.rollback } : { kind: 'configured' };
};

/** All of them. */
export const routes: readonly Route[] = [
  {
    method: 'GET',
    url: '/status',
    role: 'viewer',
    summary: 'Does everything run, and how far is it',
    codes: looked,
    does: () => ({ command: 'status', all: false, json }),
  },
  {
    method: 'GET',
    url: '/people',
    role: 'viewer',
    summary: 'Why is somebody synced, or why not',
    querystring: asked,
    codes: { done: 200, notDone: 404 },
    does: ({ query }) => ({ command: 'explain', who: (query as z.infer<typeof asked>).who, json }),
  },
  list('held', { pages: ['held'], summary: 'Whom the guard holds, and which groups were renamed' }),
  list('pending', {
    pages: ['pending', 'rejected'],
    summary: 'Which new people wait for approval, and who was rejected',
  }),
  list('aside', { pages: ['aside'], summary: 'Who is set aside until something is mended' }),
  list('drift', { pages: ['drift', 'perhapsOurs'], summary: 'Which accounts were deleted or disabled by hand' }),
  {
    method: 'GET',
    url: '/undoable',
    role: 'viewer',
    summary: 'Who was disabled within the last day',
    querystring: paged,
    pages: ['people'],
    codes: looked,
    does: () => ({ command: 'undo', who: [], all: false, json }),
  },
  decision('/release', 'released', {
    summary: 'Let what is held happen',
    lists: ['held'],
    named: ['held'],
  }),
  decision('/approve', 'approved', {
    summary: 'Create accounts for pending people',
    lists: ['pending'],
    named: ['pending', 'rejected'],
  }),
  decision('/reject', 'rejected', {
    summary: 'Refuse what is held or pending',
    lists: ['held', 'pending'],
    named: ['held', 'pending'],
  }),
  {
    method: 'POST',
    url: '/retry',
    role: 'administrator',
    summary: 'Try people who are set aside again, at once',
    body: whoOr(['aside', 'drift']),
    codes: changed,
    does: ({ body }) => ({ command: 'retry', ...partsOf(body as WhoOr<'aside' | 'drift'>), json }),
  },
  {
    method: 'POST',
    url: '/undo',
    role: 'administrator',
    summary: 'Enable again who was disabled within the last day',
    body: undoing,
    codes: changed,
    does: ({ body }) => ({ command: 'undo', who: [], all: false, ...(body as z.infer<typeof undoing>), json }),
  },
  {
    method: 'POST',
    url: '/sync',
    role: 'administrator',
    summary: 'Ask for a sync: read what changed, and deliver; /status tells how far it is',
    body: syncing,
    codes: { done: 202, notDone: 409 },
    does: ({ body }) => ({ command: 'sync', ...(body as z.infer<typeof syncing>) }),
  },
  {
    method: 'POST',
    url: '/pause',
    role: 'administrator',
    summary: 'Send nothing to LastPass any more',
    codes: changed,
    does: () => ({ command: 'pause', json }),
  },
  {
    method: 'POST',
    url: '/resume',
    role: 'administrator',
    summary: 'Send again, beginning with what has gathered',
    codes: changed,
    does: () => ({ command: 'resume', json }),
  },
  {
    method: 'GET',
    url: '/policy',
    role: 'viewer',
    summary: 'Which policy counts, and where the configuration says otherwise',
    codes: looked,
    does: () => ({ command: 'policy', json }),
  },
  {
    method: 'GET',
    url: '/policy/history',
    role: 'viewer',
    summary: 'Which policies are, or were, in force, the newest first',
    querystring: paged,
    pages: ['history'],
    codes: looked,
    does: () => ({ command: 'policy-history', json }),
  },
  {
    method: 'POST',
    url: '/policy/blast-radius',
    role: 'administrator',
    summary: 'What another policy would do to whom',
    body: considering,
    codes: looked,
    does: ({ body }) => ({
      command: 'set-policy',
      wanted: wantedBy(body),
      number: null,
      yes: false,
      dryRun: true,
      json,
    }),
  },
  {
    method: 'POST',
    url: '/policy',
    role: 'administrator',
    summary: 'Bring another policy into force',
    body: editing,
    codes: changed,
    does: ({ body }) => {
      const { replaces: number } = body as z.infer<typeof editing>;
      return { command: 'set-policy', wanted: wantedBy(body), number, yes: true, dryRun: false, json };
    },
  },
  {
    method: 'GET',
    url: '/debug-log',
    role: 'viewer',
    summary: 'Do the services tell more, and until when',
    codes: looked,
    does: () => ({ command: 'debug-log', on: null, forMs: 0, json }),
  },
  {
    method: 'POST',
    url: '/debug-log',
    role: 'administrator',
    summary: 'Have the services tell more for a while, or no more',
    body: debugging,
    codes: changed,
    does: ({ body }) => {
      const { on, for: forMs } = body as z.infer<typeof debugging>;
      return { command: 'debug-log', on, forMs, json };
    },
  },
  {
    method: 'GET',
    url: '/audit',
    role: 'administrator',
    summary: 'Who changed what, the newest first',
    querystring: paged,
    codes: looked,
    does: ({ query }) => ({ command: 'audit', ...(query as Page), json }),
  },
  {
    method: 'GET',
    url: '/audit/verify',
    role: 'administrator',
    summary: 'Is that all, and as it was written',
    codes: { done: 200, notDone: 409 },
    does: () => ({ command: 'verify-audit', known: null, json }),
  },
  {
    method: 'GET',
    url: '/tokens',
    role: 'administrator',
    summary: 'Which tokens there are for the API',
    codes: looked,
    does: () => ({ command: 'tokens', json }),
  },
  {
    method: 'DELETE',
    url: '/tokens/:name',
    role: 'administrator',
    summary: 'Let a token open nothing any more',
    params: z.strictObject({ name: z.string().min(1) }),
    codes: { done: 200, notDone: 404 },
    does: ({ params }) => ({ command: 'revoke-token', names: [(params as { name: string }).name], json }),
  },
];
