/** Who is signed in, and what they may do. */
import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from './queries.ts';

/** Why whoever looks may not change anything; said by every button that would. */
export const viewersReason = 'You are signed in as a viewer: an administrator can do this.';

/** Whether whoever is signed in may decide and steer; `false` until it is known. */
export function useMayChange(): boolean {
  return useQuery(sessionQuery).data?.role === 'administrator';
}
