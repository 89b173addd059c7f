/** What the page has been told, kept as long as it is fresh. */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { noteConnection, noteError } from './connection.ts';
import { ApiError, Unreachable } from './request.ts';

/** Asking again may help where nobody answered, or Redis was away; not where the console said no. */
const mayPass = (error: Error): boolean =>
  error instanceof Unreachable || (error instanceof ApiError && error.status === 503);

const onSuccess = () => noteConnection('connected');

/** The one that all pages share. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onSuccess, onError: noteError }),
  mutationCache: new MutationCache({
    onSuccess: () => {
      onSuccess();
      // What was changed shows everywhere, but in a preview: that stays what it was.
      void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'preview' });
    },
    onError: noteError,
  }),
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      retry: (failures, error) => mayPass(error) && failures < 2,
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 5_000),
      // The browser's own idea of being online is about the network, and the console may be on this machine.
      networkMode: 'always',
    },
    // Whatever changes something is never repeated by itself: it may have been done.
    mutations: { networkMode: 'always', retry: false },
  },
});
