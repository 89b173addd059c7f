/** The documents that several pages ask for: by which name they are kept, and how often they are asked for anew. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  AsideDocument,
  AuditDocument,
  DebugLogDocument,
  DriftDocument,
  HeldDocument,
  PendingDocument,
  PeopleDocument,
  PolicyDocument,
  PolicyHistoryDocument,
  PreviewDocument,
  SearchDocument,
  SessionDocument,
  StatusDocument,
  TokensDocument,
  UndoableDocument,
  VerifiedDocument,
} from './documents.ts';
import { get } from './request.ts';

/** So often the status is asked for, ms: a change that the live feed doesn't tell shows within two seconds. */
const statusEveryMs = 1_000;
/** So often what is about everybody is asked for anew while nothing tells that it changed, ms. */
const listsEveryMs = 15_000;
/** So often a preview is asked for that is being made, ms. */
const previewEveryMs = 1_000;
/** Another one may be asked for elsewhere. */
const previewFreshMs = 60_000;

/** What part of a list is asked for. */
export interface Slice {
  /** How many are left out. */
  readonly offset: number;
  /** How many are told at most. */
  readonly limit: number;
}

/** Who is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => get<SessionDocument>('/session', { signal }),
  staleTime: 60_000,
});

/** How everything is. */
export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => get<StatusDocument>('/status', { signal }),
  refetchInterval: statusEveryMs,
  retry: false, // it is asked for again soon enough, and a lost connection is told at once
});

/** A part of a list; while the next one is on its way, the last one stays. */
const listQuery = <Document>(path: string, slice: Slice) =>
  queryOptions({
    queryKey: [...listKey, path, slice],
    queryFn: ({ signal }) => get<Document>(path, { query: { ...slice }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: listsEveryMs,
  });

/** The beginning of the names of all lists about people: whatever changes anybody may change each of them. */
export const listKey = ['list'] as const;

export const heldQuery = (slice: Slice) => listQuery<HeldDocument>('/held', slice);
export const pendingQuery = (slice: Slice) => listQuery<PendingDocument>('/pending', slice);
export const asideQuery = (slice: Slice) => listQuery<AsideDocument>('/aside', slice);
export const driftQuery = (slice: Slice) => listQuery<DriftDocument>('/drift', slice);
export const undoableQuery = (slice: Slice) => listQuery<UndoableDocument>('/undoable', slice);
/** The audit trail, the newest first; for administrators. */
export const auditQuery = (slice: Slice) => listQuery<AuditDocument>('/audit', slice);

/** Policies that are, or were, in force, the newest first. */
export const policyHistoryQuery = (slice: Slice) => listQuery<PolicyHistoryDocument>('/policy/history', slice);

/** Which policy counts: kept as a list is, for whatever brings another one into force changes both. */
export const policyQuery = queryOptions({
  queryKey: [...listKey, '/policy'],
  queryFn: ({ signal }) => get<PolicyDocument>('/policy', { signal }),
  refetchInterval: listsEveryMs,
});

/** Whether the trail is whole; for administrators, and only when somebody asks: all of it is read for that. */
export const auditVerifyQuery = queryOptions({
  queryKey: ['audit/verify'],
  queryFn: ({ signal }) => get<VerifiedDocument>('/audit/verify', { signal, alsoDocuments: [409] }),
  enabled: false,
  staleTime: Number.POSITIVE_INFINITY,
});

/** Whether the services tell more in their logs. */
export const debugLogQuery = queryOptions({
  queryKey: ['debug-log'],
  queryFn: ({ signal }) => get<DebugLogDocument>('/debug-log', { signal }),
  refetchInterval: listsEveryMs,
});

/** Which tokens there are; for administrators. */
export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => get<TokensDocument>('/tokens', { signal }),
  refetchInterval: listsEveryMs,
});

/** Whom the directories know, by a part of what they are called. */
export const searchQuery = (text: string, slice: Slice) =>
  queryOptions({
    queryKey: [...listKey, '/search', text, slice],
    queryFn: ({ signal }) => get<SearchDocument>('/search', { query: { text, ...slice }, signal }),
    placeholderData: keepPreviousData,
  });

/** Somebody's story, by person key. */
export const storyQuery = (person: string) =>
  queryOptions({
    queryKey: [...listKey, '/people', person],
    queryFn: ({ signal }) => get<PeopleDocument>('/people', { query: { who: person }, signal, alsoDocuments: [404] }),
    refetchInterval: listsEveryMs,
  });

/** The newest preview: how far it is, and what it shows. With 100,000 people it is large: it isn't asked for anew without a reason. */
export const previewQuery = queryOptions({
  queryKey: ['preview'],
  queryFn: ({ signal }) => get<PreviewDocument>('/preview', { signal }),
  staleTime: previewFreshMs,
  structuralSharing: false, // comparing 100,000 people with themselves takes longer than showing them
  refetchOnWindowFocus: false,
  refetchInterval: ({ state }) => (state.data?.state === 'under way' ? previewEveryMs : false),
});
