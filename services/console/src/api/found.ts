/** What a command finds, for the API: its document instead of its lines, and what takes long to find kept for a while. */
import type { Context, ExitCode } from '../context.ts';
import { openPlanning } from '../explain/explain-command.ts';
import { type Roster, readRoster } from '../people/roster.ts';
import { perform } from '../perform.ts';
import { setPolicy } from '../policy/policy-commands.ts';
import { Recent } from '../recent.ts';
import type { Session } from '../session.ts';
import { sync } from '../sync/sync-command.ts';
import type { Terminal } from '../terminal.ts';
import { plainly } from '../text/paint.ts';
import { type Route, routes } from './routes.ts';

/** What takes long to find, for all requests. */
export interface Found {
  readonly roster: Recent<Roster>;
  /** The whole documents of lists, by route. */
  readonly lists: ReadonlyMap<Route, Recent<Readonly<Record<string, unknown>>>>;
  /** Something has been changed by way of the API: whoever has done so sees it. */
  readonly forget: () => void;
}

export function foundFor(session: Session): Found {
  const roster = new Recent(async () => readRoster(await openPlanning(session)));
  const lists = new Map(
    routes
      .filter(({ pages }) => pages !== undefined)
      .map((route) => {
        const invocation = route.does({ query: {}, params: {}, body: {} });
        const find = async () => (await told({ session, by: '' }, invocation)).document;
        return [route, new Recent(find)] as const;
      }),
  );
  const forget = () => {
    for (const recent of lists.values()) recent.forget();
  };
  return { roster, lists, forget };
}

/** Does what a command does. @returns its exit code, and the document that it prints */
export async function told(
  context: Omit<Context, 'terminal'>,
  invocation: ReturnType<Route['does']>,
  signal?: AbortSignal,
) {
  const captured: object[] = [];
  const terminal = capturing(captured);
  const exitCode = await answer({ ...context, terminal }, invocation, signal ?? AbortSignal.abort());
  return { exitCode, document: (captured[0] ?? {}) as Readonly<Record<string, unknown>> };
}

async function answer(context: Context, invocation: ReturnType<Route['does']>, signal: AbortSignal): Promise<ExitCode> {
  if (invocation.command === 'sync')
    return sync(context, { ...invocation, wait: false, timeoutMs: 0, signal, json: true });
  if (invocation.command === 'set-policy') return setPolicy(context, { ...invocation, signal });
  return perform(context, invocation);
}

/** Keeps what a command prints for programs. */
const capturing = (documents: object[]): Terminal => ({
  paint: plainly,
  line: () => undefined,
  json: (document) => void documents.push(document),
  problem: () => undefined,
  progress: () => undefined,
  ask: null,
});
