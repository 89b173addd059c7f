/**
 * What is done about people, as it is done: the console's server-sent events. Each makes the page ask anew for what it shows; the newest are kept for
 * whoever wants to see them pass by.
 */
import { useSyncExternalStore } from 'react';
import { connectionNow, listenToConnection, noteConnection } from './connection.ts';
import type { LogEntry, StatusDocument } from './documents.ts';
import { listKey, statusQuery } from './queries.ts';
import { queryClient } from './query-client.ts';

/** So many of the newest entries are kept. */
const kept = 200;
/** What is shown is asked for anew once in this time at most, ms: a first run brings hundreds of events in a second. */
const askAgainMs = 1_000;
/** After so long a feed that the console has closed is opened again, ms. */
const reopenMs = 3_000;

/** What has come since the page was opened. */
export interface LiveNews {
  /** The newest first. */
  readonly entries: readonly LogEntry[];
  /** How many were left out as too many were missed. */
  readonly missed: number;
}

let news: LiveNews = { entries: [], missed: 0 };
const listeners = new Set<() => void>();

function publish(next: LiveNews): void {
  news = next;
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const newsNow = (): LiveNews => news;

/** What has come so far. */
export const useLiveNews = (): LiveNews => useSyncExternalStore(listen, newsNow);

let asking: ReturnType<typeof setTimeout> | undefined;
let askedAtMs = 0;

/** Has everything about people that is on the screen asked for anew: at once, and again when more has come meanwhile. */
function askAgain(): void {
  if (asking !== undefined) return;
  const waitMs = Math.max(0, askedAtMs + askAgainMs - Date.now());
  asking = setTimeout(() => {
    asking = undefined;
    askedAtMs = Date.now();
    void queryClient.invalidateQueries({ queryKey: statusQuery.queryKey });
    void queryClient.invalidateQueries({ queryKey: listKey });
  }, waitMs);
}

/** Entries that came are shown together, so often at most, ms. */
const showEveryMs = 100;

let arrived: LogEntry[] = [];
let showing = false;

function take(entry: LogEntry): void {
  arrived.push(entry);
  if (showing) return;
  showing = true;
  setTimeout(() => {
    showing = false;
    const entries = [...arrived.reverse(), ...news.entries].slice(0, kept);
    arrived = [];
    publish({ ...news, entries });
  }, showEveryMs);
}

/** What a status tells of lists: as long as it stays, they do. */
const fingerprintOf = ({ people, policy }: StatusDocument): string => JSON.stringify([people, policy]);

/** The feed tells what was done at LastPass; that somebody is held or pending by now shows in the status alone. */
function followStatus(): () => void {
  let last: string | null = null;
  return queryClient.getQueryCache().subscribe(({ type, query }) => {
    if (type !== 'updated' || query.queryKey[0] !== statusQuery.queryKey[0] || query.state.data === undefined) return;
    const next = fingerprintOf(query.state.data as StatusDocument);
    if (last !== null && next !== last) void queryClient.invalidateQueries({ queryKey: listKey });
    last = next;
  });
}

/** Asks for everything anew once a lost connection is back. */
function followConnection(): () => void {
  let wasLost = false;
  return listenToConnection(() => {
    const connection = connectionNow();
    if (connection === 'connected' && wasLost) void queryClient.invalidateQueries();
    wasLost = connection === 'lost' || (wasLost && connection === 'connecting');
  });
}

/** Follows the feed for as long as the page is open. @returns ends it */
export function followLiveFeed(): () => void {
  let source: EventSource | null = null;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    source = new EventSource('/api/v1/events');
    source.addEventListener('open', () => noteConnection('connected'));
    source.addEventListener('person', ({ data }) => {
      take(JSON.parse(data) as LogEntry);
      askAgain();
    });
    source.addEventListener('missed', ({ data }) => {
      const { entries } = JSON.parse(data) as { entries: number };
      publish({ ...news, missed: news.missed + entries });
      askAgain();
    });
    source.addEventListener('error', () => {
      // Whether it is lost, or somebody is signed out, is what the next answer tells.
      void queryClient.invalidateQueries({ queryKey: statusQuery.queryKey });
      if (source?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      reopening = setTimeout(open, reopenMs);
    });
  };
  open();
  const unfollow = [followStatus(), followConnection()];
  return () => {
    clearTimeout(reopening);
    clearTimeout(asking);
    asking = undefined;
    source?.close();
    for (const each of unfollow) each();
  };
}
