/** How far the work is that is under way, made out of one status after the other. Pure. */
import type { StatusDocument } from '../../api/documents.ts';

/** What is done to many people, one after the other. */
export interface Work {
  /** What comes first: as long as anything is read, more people may come to it. */
  readonly stage: 'reading' | 'planning' | 'delivering';
  /** People who aren't done yet. */
  readonly left: number;
  /** The most there were since it began; of these the share that is done is told. */
  readonly most: number;
  /** How many are delivered in a minute, as measured; `null`: unknown yet. */
  readonly aMinute: number | null;
  /** How long it takes, ms; `null`: unknown yet. */
  readonly timeLeftMs: number | null;
}

/** Shorter work is done before anybody has read how long it takes. */
const longFrom = 20;

/** People with something to be done by itself, now. */
export function outstanding({ people, delivering }: StatusDocument): number {
  return people.toPlan + people.toJudge + (delivering?.people ?? 0);
}

const isReading = ({ directories }: StatusDocument): boolean =>
  directories.some(({ fullRead, logEntries }) => fullRead !== 'none' || logEntries > 0);

/** What is under way now; `null`: nothing. @param before what was, by the last status */
export function workAfter(before: Work | null, status: StatusDocument): Work | null {
  const left = outstanding(status);
  const reading = isReading(status);
  if (left === 0 && !reading) return null;
  const { people, delivering } = status;
  const timeLeftMs = delivering?.timeLeftMs ?? null;
  return {
    stage: reading ? 'reading' : people.toPlan + people.toJudge > (delivering?.people ?? 0) ? 'planning' : 'delivering',
    left,
    most: Math.max(before?.most ?? 0, left),
    aMinute: delivering && timeLeftMs ? Math.round((delivering.people * 60_000) / timeLeftMs) : null,
    timeLeftMs,
  };
}

/** Whether it takes long enough to be shown. */
export const isLong = ({ stage, most }: Work, { directories }: StatusDocument): boolean =>
  most >= longFrom || (stage === 'reading' && directories.some(({ fullRead }) => fullRead !== 'none'));

/** Whether all who are part of it are known; else the time left is the least. */
export const isAllKnown = (status: StatusDocument): boolean =>
  !isReading(status) && status.people.toPlan + status.people.toJudge === 0;
