/** What a sync would do, for programs. */
import type { Preview } from '@connector/sync/preview/preview.ts';
import { heldGroupsJson } from '../held/held-groups.ts';
import type { WrittenPlan } from '../plan-file/plan-file.ts';
import { isoText } from '../text/when.ts';

/** What the steps change is told in a plan file. */
const withoutAccount = <T extends { readonly account: unknown }>({ account: _, ...person }: T): Omit<T, 'account'> =>
  person;

export function previewJson(
  { sent, held, groups, pending, setAside, read }: Preview,
  written: WrittenPlan | null = null,
): object {
  const asides = setAside.map(({ sinceMs, ...each }) => ({ ...each, since: isoText(sinceMs) }));
  const deleted = asides.filter(({ kind }) => kind === 'drift');
  return {
    sent: sent.map(withoutAccount),
    held: held.map(withoutAccount),
    groups: heldGroupsJson(groups),
    pending: pending.map(withoutAccount),
    setAside: asides.filter(({ kind }) => kind !== 'drift'),
    deletedByHand: deleted.map(({ kind: _drift, ...each }) => each),
    read,
    out: written && { file: written.file, ...written.plan.counts },
  };
}
