/** Drift: what somebody changed by hand at LastPass, and the connector leaves so. */
import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { pageOfFirst } from '../../api/list-part.ts';
import { driftQuery, statusQuery } from '../../api/queries.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { firstSlice } from '../../components/paged-table.tsx';
import { DeletedAccounts } from './deleted-accounts.tsx';
import { LeftAlone } from './left-alone.tsx';

export default function DriftPage() {
  const [slice, setSlice] = useState(firstSlice);
  const { data: status } = useQuery(statusQuery);
  const { data, error, refetch } = useQuery(driftQuery(slice));
  const deleted = data?.drift.filter(({ kind }) => kind === 'deleted');
  const count = status?.people.deletedByHand ?? deleted?.length ?? 0;
  const others = data === undefined ? 0 : data.page.total - count;
  return (
    <>
      <PageHeader title="Drift">
        What somebody changed by hand at LastPass and is left so. Names and groups are put right by themselves, and are
        not listed.
      </PageHeader>
      {error !== null && data === undefined ? (
        <ErrorBox error={error} title="The drift can’t be told" onRetry={() => void refetch()} />
      ) : data?.page.total === 0 ? (
        <EmptyState icon="good" title="No account was deleted or disabled by hand at LastPass.">
          Accounts that somebody deletes there, or disables while Active Directory wants them enabled, appear here, and
          those that may have been ours before the connector’s memory was lost.
        </EmptyState>
      ) : (
        <Stack gap="xl">
          <DeletedAccounts accounts={deleted} page={data && pageOfFirst(count, data.page)} onPage={setSlice} />
          {others > 0 && <LeftAlone deleted={count} />}
        </Stack>
      )}
    </>
  );
}
