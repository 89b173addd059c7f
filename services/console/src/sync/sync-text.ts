/** What a sync has come to, for people and for programs. */
import { formatDuration } from '@connector/shared/duration.ts';
import type { SyncRequest } from '@connector/sync/requests/request.ts';
import { aligned } from '../text/aligned.ts';
import type { Paint } from '../text/paint.ts';
import { progressText } from './progress.ts';
import type { Summary, Waited } from './wait-for-sync.ts';

const goesOn = 'The sync goes on by itself: see "connector status".';

/** The last words; `summary` is there once the sync is finished. */
export function waitedText(
  { end, last }: Waited,
  { tookMs, summary, paint }: { tookMs: number; summary: Summary | null; paint: Paint },
): string[] {
  const took = formatDuration(tookMs);
  const { outstanding, timeLeftMs } = last;
  const left = outstanding === null ? 'unknown, as Redis is away' : progressText({ outstanding, timeLeftMs });
  switch (end) {
    case 'finished':
      return [paint('good', `Everything is in sync (${took}).`), ...(summary ? summaryLines(summary, paint) : [])];
    case 'timed out':
      return [paint('bad', `Not finished within ${took}. Outstanding: ${left}.`), goesOn];
    case 'interrupted':
      return [`Outstanding: ${left}.`, goesOn];
  }
}

const deliveredText = (delivered: Summary['delivered']): string => {
  const parts = Object.entries(delivered).map(([kind, count]) => `${kind} ${count}`);
  return parts.length > 0 ? parts.join(', ') : 'nothing: everything was so already';
};

const summaryLines = (
  { delivered, linked, accounts, held, heldGroups, pending, setAside, deletedByHand }: Summary,
  paint: Paint,
): string[] =>
  aligned(
    [
      ['delivered', deliveredText(delivered)],
      ['people linked', String(linked)],
      ['accounts', String(accounts)],
      ['held', held > 0 ? `${held}: see "connector held"` : '0'],
      ...(heldGroups > 0 ? [['held groups', `${heldGroups} renamed: see "connector held"`]] : []),
      ...(pending > 0 ? [['pending', `${pending}: see "connector pending"`]] : []),
      ['set aside', setAside > 0 ? `${setAside}: see "connector aside"` : '0'],
      ...(deletedByHand > 0 ? [['deleted by hand', `${deletedByHand}: see "connector drift"`]] : []),
    ],
    { paint },
  );

/** The same for programs; `waited` is `null` when nobody waited. */
export const syncJson = (
  { id }: SyncRequest,
  {
    waited,
    problems,
    tookMs,
    summary,
  }: { waited: Waited | null; problems: readonly string[]; tookMs: number; summary: Summary | null },
): object => ({
  request: id,
  finished: waited?.end === 'finished',
  end: waited?.end ?? 'not waited for',
  tookMs: Math.round(tookMs),
  outstanding: waited?.last.outstanding ?? null,
  problems,
  summary,
});
