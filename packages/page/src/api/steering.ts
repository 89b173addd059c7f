/** What steers the connector as a whole. Each is noted in the audit trail, by whoever is signed in. */
import { useMutation } from '@tanstack/react-query';
import { send } from './request.ts';

/** What is asked for. */
export interface SyncWish {
  /** Everything is read, and not only what changed. */
  readonly full?: boolean;
  /** The first run may create everybody. */
  readonly confirmFirst?: boolean;
}

/** Asks the services to read what changed, and waits for nothing: the status tells how far they are. */
export const useSync = () => useMutation({ mutationFn: (wish: SyncWish) => send('/sync', { body: wish }) });

/** Pauses all deliveries, or lets them go on. */
export const usePause = () => useMutation({ mutationFn: (what: 'pause' | 'resume') => send(`/${what}`) });
