/** Bringing another policy into force: first what it would do, which takes as long as planning everybody twice, then the deed. */
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { PolicyEditDocument, PolicyWish } from '../../api/documents.ts';
import { send } from '../../api/request.ts';

/** A wish whose consequences somebody has seen. */
export interface SeenWish {
  readonly wish: PolicyWish;
  /** Number of the policy that it was compared with: another one isn't replaced. */
  readonly replaces: number;
}

export function useEdit() {
  const asking = useRef<AbortController | null>(null);
  useEffect(() => () => asking.current?.abort(), []);
  const consider = useMutation({
    mutationFn: (wish: PolicyWish) => {
      asking.current?.abort();
      asking.current = new AbortController();
      return send<PolicyEditDocument>('/policy/blast-radius', { body: wish, signal: asking.current.signal });
    },
  });
  const bring = useMutation({
    mutationFn: ({ wish, replaces }: SeenWish) => send<PolicyEditDocument>('/policy', { body: { ...wish, replaces } }),
  });
  return {
    consider,
    bring,
    /** Looks at it no longer; nothing was changed. */
    leave: () => {
      asking.current?.abort();
      consider.reset();
      bring.reset();
    },
  };
}

export type Edit = ReturnType<typeof useEdit>;
