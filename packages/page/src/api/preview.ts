/** The preview that the console makes for everybody: how it is, beginning one, and giving it up. */
import { useMutation, useQuery } from '@tanstack/react-query';
import type { PreviewDocument } from './documents.ts';
import { previewQuery } from './queries.ts';
import { queryClient } from './query-client.ts';
import { send } from './request.ts';

/** How the newest one is, and the way to another, for administrators. */
export function usePreview() {
  const preview = useQuery(previewQuery);
  const begin = useMutation({
    mutationFn: () => send<PreviewDocument>('/preview'),
    onSuccess: (document) => queryClient.setQueryData(previewQuery.queryKey, document),
  });
  const giveUp = useMutation({
    mutationFn: async () => {
      await queryClient.cancelQueries(previewQuery); // what is on its way tells of the one that is given up
      return send('/preview', { method: 'DELETE' });
    },
    onSuccess: () => queryClient.setQueryData(previewQuery.queryKey, { state: 'none', by: null, begunAt: null }),
  });
  return {
    latest: preview.data,
    /** Why it can't be told, begun or given up. */
    error: preview.error ?? begin.error ?? giveUp.error,
    isBeginning: begin.isPending,
    begin: () => begin.mutate(),
    isGivingUp: giveUp.isPending,
    giveUp: () => giveUp.mutate(),
  };
}
