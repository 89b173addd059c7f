/** A status for tests: all is well, and nothing is to be done. */
import type { StatusDocument } from '../../api/documents.ts';

/** @param changes what is otherwise */
export const someStatus = (changes: Partial<StatusDocument> = {}): StatusDocument => ({
  ok: true,
  at: '2026-11-29T09:00:00.000Z',
  problems: [],
  services: [],
  directories: [
    {
      id: 'corp',
      domainController: 'dc1.corp.example',
      usn: '4711',
      caughtUp: true,
      fullRead: 'none',
      logEntries: 0,
      completedAt: '2026-11-29T09:00:00.000Z',
    },
  ],
  accounts: { count: 9, readAt: '2026-11-29T09:00:00.000Z' },
  mode: 'automatic',
  policy: 'settled',
  policySet: null,
  firstRun: null,
  pause: null,
  run: null,
  applying: null,
  alarm: null,
  people: {
    inScope: 10,
    linked: 9,
    toPlan: 0,
    toJudge: 0,
    toDeliver: 0,
    postponed: 0,
    held: 0,
    heldGroups: 0,
    pending: 0,
    rejected: 0,
  },
  delivering: null,
  latency: { hour: { people: 0, p50Ms: null, p95Ms: null }, day: { people: 0, p50Ms: null, p95Ms: null } },
  onTheWay: { people: 0, since: null },
  untold: [],
  setAside: [],
  deletedByHand: [],
  ...changes,
});
