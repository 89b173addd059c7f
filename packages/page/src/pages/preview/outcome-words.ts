/** What would become of somebody's steps, in words. */
import type { PreviewedOutcome } from './previewed-rows.ts';

export const outcomeWords: Readonly<Record<PreviewedOutcome, string>> = {
  sent: 'Sent now',
  held: 'Held by the guard',
  pending: 'Waits for approval',
  'set aside': 'Set aside',
  drift: 'Left as it is',
};
