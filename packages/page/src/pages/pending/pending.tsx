/** Pending: new people who get an account once somebody approves it, and those whom somebody has refused one. */
import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { pageOfFirst } from '../../api/list-part.ts';
import { pendingQuery, statusQuery } from '../../api/queries.ts';
import { ErrorBox } from '../../components/error-box.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { firstSlice } from '../../components/paged-table.tsx';
import { PendingPeople } from './pending-people.tsx';
import { RejectedPeople } from './rejected-people.tsx';

export default function PendingPage() {
  const [slice, setSlice] = useState(firstSlice);
  const { data: status } = useQuery(statusQuery);
  const { data, error, refetch } = useQuery(pendingQuery(slice));
  const count = status?.people.pending ?? data?.pending.length ?? 0;
  const rejected = status?.people.rejected ?? 0;
  return (
    <>
      <PageHeader title="Pending">
        New people, where the policy wants an approval (<code>onDetected: approve</code>). Nobody of them gets an
        account without your word.
      </PageHeader>
      {error !== null && data === undefined ? (
        <ErrorBox error={error} title="Who is pending can’t be told" onRetry={() => void refetch()} />
      ) : (
        <Stack gap="xl">
          <PendingPeople people={data?.pending} page={data && pageOfFirst(count, data.page)} onPage={setSlice} />
          {rejected > 0 && <RejectedPeople pending={count} />}
        </Stack>
      )}
    </>
  );
}
