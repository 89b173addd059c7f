/** The preview that the console makes for everybody: how it is, and beginning one. */
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
  return {
    latest: preview.data,
    /** Why it can't be told, or begun. */
    error: preview.error ?? begin.error,
    isBeginning: begin.isPending,
    begin: () => begin.mutate(),
  };
}
