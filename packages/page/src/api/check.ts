/** Looking at every end by itself, as `connector check` does. */
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import type { CheckDocument } from './documents.ts';
import { queryClient } from './query-client.ts';
import { send } from './request.ts';

/** What the last check found, for as long as the page is open; it is never made by itself. */
const lastCheck = queryOptions({
  queryKey: ['check'],
  queryFn: () => send<CheckDocument>('/check'),
  enabled: false,
  staleTime: Number.POSITIVE_INFINITY,
});

/** What was found last, when (ms since 1970), and the way to look anew, for administrators. */
export function useCheck() {
  const { data: found, dataUpdatedAt: foundAtMs } = useQuery(lastCheck);
  const check = useMutation({
    mutationFn: () => send<CheckDocument>('/check'),
    onSuccess: (document) => queryClient.setQueryData(lastCheck.queryKey, document),
  });
  return { found, foundAtMs, isLooking: check.isPending, error: check.error, look: () => check.mutate() };
}
