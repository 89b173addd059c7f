/** Moments and counts as people read them. */
import { formatDuration } from '@connector/shared/duration.ts';

/** A moment (ms since 1970) in UTC: `2026-11-23 20:41:07 UTC`. */
export const momentText = (atMs: number): string =>
  `${new Date(atMs).toISOString().replace('T', ' ').slice(0, 19)} UTC`;

/** How long ago a moment was. */
export const agoText = (atMs: number, nowMs: number): string => `${formatDuration(Math.max(0, nowMs - atMs))} ago`;

/** `1 person`, `3 people`. */
export const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** `2026-11-23T20:41:07.000Z`, for programs. */
export const isoText = (atMs: number): string => new Date(atMs).toISOString();
