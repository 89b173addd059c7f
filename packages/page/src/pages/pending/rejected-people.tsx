/** New people whom somebody has refused an account: they can be approved after all. */
import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { mostNamed } from '../../api/decide.ts';
import type { WaitingPerson } from '../../api/documents.ts';
import { pageOfSecond, sliceOfSecond } from '../../api/list-part.ts';
import { pendingQuery } from '../../api/queries.ts';
import { queryClient } from '../../api/query-client.ts';
import { ErrorBox } from '../../components/error-box.tsx';
import { firstSlice } from '../../components/paged-table.tsx';
import { DecidableTable } from '../../decisions/decidable-table.tsx';
import { waitingColumns, waitingKey, waitingName } from '../waiting-columns.tsx';
import { approve } from './pending-people.tsx';

const columns = waitingColumns('Why there is no account');

/** All of them: the API has no name for everybody who was rejected. */
async function readAll() {
  const rows: WaitingPerson[] = [];
  for (let offset = 0; ; offset += mostNamed) {
    const { rejected, page } = await queryClient.fetchQuery(pendingQuery({ offset, limit: mostNamed }));
    rows.push(...rejected);
    if (offset + mostNamed >= page.total) return { rows, total: rows.length };
  }
}

/** @param pending how many people stand before them in the API's list */
export function RejectedPeople({ pending }: { pending: number }) {
  const [slice, setSlice] = useState(firstSlice);
  const { data, error, refetch } = useQuery(pendingQuery(sliceOfSecond(pending, slice)));
  if (error !== null && data === undefined)
    return <ErrorBox error={error} title="Who was rejected can’t be told" onRetry={() => void refetch()} />;
  return (
    <section aria-labelledby="rejected">
      <Title order={2} id="rejected">
        Rejected
      </Title>
      <Text c="dimmed" mb="sm">
        No account, as somebody decided. They can be approved after all.
      </Text>
      <DecidableTable
        caption="People who were rejected"
        columns={columns}
        rows={data?.rejected}
        keyOf={waitingKey}
        nameOf={waitingName}
        page={data && pageOfSecond(pending, data.page)}
        onPage={setSlice}
        offers={[approve]}
        lists={[]}
        readFirst={readAll}
        empty={null}
      />
    </section>
  );
}
