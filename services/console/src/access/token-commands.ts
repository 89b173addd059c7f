/** `connector tokens`, `create-token` and `revoke-token`: who may use the console's API. */
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import type { Paint } from '../text/paint.ts';
import { counted, isoText, momentText } from '../text/when.ts';
import { type AccessToken, createToken, type Role, readTokens, revokeToken } from './access-tokens.ts';

export async function tokens(context: Context, { json }: Common): Promise<ExitCode> {
  const nowMs = Date.now();
  const all = await readTokens(context.session.store);
  if (json) printJson(context, { tokens: all.map((token) => tokenJson(token, nowMs)) });
  else print(context, tokensText(all, { nowMs, paint: context.terminal.paint }));
  return 0;
}

export interface CreateTokenOptions extends Common {
  readonly name: string;
  readonly role: Role;
  /** `null`: it never ends. */
  readonly forMs: number | null;
}

/** @throws NameTaken */
export async function createTokenFor(
  context: Context,
  { name, role, forMs, json }: CreateTokenOptions,
): Promise<ExitCode> {
  const { session, by, terminal } = context;
  const nowMs = Date.now();
  const { token, created } = await createToken(session.store, { name, role, by, nowMs, forMs });
  await session.store.makeDurable(); // what is told below must outlive a crash of Redis
  if (json) printJson(context, { token, ...tokenJson(created, nowMs) });
  else {
    print(context, [token]);
    // Not among what a script takes from its output.
    terminal.problem(`connector: The token "${name}", ${endText(created)}: it isn't shown again.`);
  }
  return 0;
}

export interface RevokeOptions extends Common {
  readonly names: readonly string[];
}

export async function revoke(context: Context, { names, json }: RevokeOptions): Promise<ExitCode> {
  const { store } = context.session;
  const outcomes: { name: string; outcome: 'revoked' | 'unknown' }[] = [];
  for (const name of new Set(names))
    outcomes.push({
      name,
      outcome: (await revokeToken(store, { name, by: context.by, atMs: Date.now() })) ? 'revoked' : 'unknown',
    });
  await store.makeDurable();
  if (json) printJson(context, { tokens: outcomes });
  else print(context, aligned(outcomes.map(outcomeRow), { paint: context.terminal.paint, indent: 0 }));
  return outcomes.every(({ outcome }) => outcome === 'revoked') ? 0 : 1;
}

const outcomeRow = ({ name, outcome }: { name: string; outcome: 'revoked' | 'unknown' }): Cell[] =>
  outcome === 'revoked'
    ? [['good', outcome], name, 'opens nothing any more']
    : [['bad', outcome], name, 'there is no token of that name: see "connector tokens"'];

const endText = ({ expiresAtMs }: AccessToken): string =>
  expiresAtMs === null ? 'until it is revoked' : `until ${momentText(expiresAtMs)}`;

const isOver = ({ expiresAtMs }: AccessToken, nowMs: number): boolean => expiresAtMs !== null && expiresAtMs <= nowMs;

function tokensText(all: readonly AccessToken[], { nowMs, paint }: { nowMs: number; paint: Paint }): string[] {
  if (all.length === 0) return ['There is no token: make one with "connector create-token <name>".'];
  const rows = all.map((token): Cell[] => [
    token.name,
    token.role,
    isOver(token, nowMs) ? ['bad', 'over'] : endText(token),
    ['weak', `made by ${token.createdBy} at ${momentText(token.createdAtMs)}`],
  ]);
  return [`${counted(all.length, 'token', 'tokens')}.`, ...aligned(rows, { paint })];
}

const tokenJson = (token: AccessToken, nowMs: number): object => ({
  name: token.name,
  role: token.role,
  createdBy: token.createdBy,
  createdAt: isoText(token.createdAtMs),
  expires: token.expiresAtMs === null ? null : isoText(token.expiresAtMs),
  over: isOver(token, nowMs),
});
