/** Sending what somebody has decided about people, or about renamed groups. */
import type { DecidedDocument } from './documents.ts';
import { send } from './request.ts';

/** What can be decided; each is a route of the API. */
export type Deed = 'release' | 'approve' | 'reject' | 'retry' | 'undo';

/** Those who are meant, each as shown, or the lists of which everybody is. */
export type Whom = { readonly who: readonly string[] } | { readonly all: readonly string[] | true };

/** So many can be named at once. */
export const mostNamed = 1_000;

/** Decides. More than can be named at once are sent in parts: where one fails, those before it are done. @throws ApiError, Unreachable */
export async function decide(deed: Deed, whom: Whom): Promise<DecidedDocument> {
  const parts = 'all' in whom ? [whom] : partsOf(whom.who).map((who) => ({ who }));
  const answers: DecidedDocument[] = [];
  // 409: somebody had changed, and the others are done; the document tells who.
  for (const body of parts) answers.push(await send<DecidedDocument>(`/${deed}`, { body, alsoDocuments: [409] }));
  return {
    people: answers.flatMap(({ people }) => people),
    groups: answers.flatMap(({ groups = [] }) => groups),
    notFound: answers.flatMap(({ notFound }) => notFound),
    stopped: answers.at(-1)?.stopped ?? null,
  };
}

const partsOf = (who: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(who.length / mostNamed) }, (_, part) =>
    who.slice(part * mostNamed, (part + 1) * mostNamed),
  );
