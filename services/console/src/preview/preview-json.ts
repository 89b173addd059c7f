/** What a sync would do, for programs. */
import type { Account } from '@connector/shared/account.ts';
import type { Preview } from '@connector/sync/preview/preview.ts';
import { renamedGroupsJson } from '../held/held-groups.ts';
import { before, type WrittenPlan } from '../plan-file/plan-file.ts';
import { isoText } from '../text/when.ts';

/** With the account as it was, as far as steps change it: whoever reads them sees what becomes of what. */
const withAccount = <T extends { readonly account: Account | null }>({ account, ...person }: T) => ({
  ...person,
  account: account && before(account),
});

export function previewJson(
  { sent, held, groups, pending, setAside, read }: Preview,
  written: WrittenPlan | null = null,
): object {
  const asides = setAside.map(({ sinceMs, ...each }) => ({ ...each, since: isoText(sinceMs) }));
  const deleted = asides.filter(({ kind }) => kind === 'drift');
  return {
    sent: sent.map(withAccount),
    held: held.map(withAccount),
    groups: renamedGroupsJson(groups),
    pending: pending.map(withAccount),
    setAside: asides.filter(({ kind }) => kind !== 'drift'),
    deletedByHand: deleted.map(({ kind: _drift, ...each }) => each),
    read,
    out: written && { file: written.file, ...written.plan.counts },
  };
}
