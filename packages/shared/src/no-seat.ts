/** That LastPass has no licence left, as services say it to each other. */
import { z } from 'zod';

/** LastPass has no seat free: whoever needs one waits. */
export const noSeat = z.strictObject({
  /** LastPass's words, without addresses. */
  message: z.string(),
  sinceMs: z.number(),
  /** Then one account is tried; until then nobody who needs a seat is sent. */
  tryAgainAtMs: z.number(),
});
export type NoSeat = z.infer<typeof noSeat>;
