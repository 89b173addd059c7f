/** Held: whom the guard keeps from losing something until somebody says so, and groups that were renamed. */
import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { heldQuery } from '../../api/queries.ts';
import { ErrorBox } from '../../components/error-box.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { firstSlice } from '../../components/paged-table.tsx';
import { HeldPeople } from './held-people.tsx';
import { RenamedGroups } from './renamed-groups.tsx';

export default function HeldPage() {
  const [slice, setSlice] = useState(firstSlice);
  const { data, error, refetch } = useQuery(heldQuery(slice));
  const groups = data?.groups ?? [];
  return (
    <>
      <PageHeader title="Held">
        Steps that take something from somebody, or create very many, and that the guard has stopped. Nothing of this
        happens without your word.
      </PageHeader>
      {error !== null && data === undefined ? (
        <ErrorBox error={error} title="Who is held can’t be told" onRetry={() => void refetch()} />
      ) : (
        <Stack gap="xl">
          <HeldPeople
            people={data?.held}
            page={data?.page}
            onPage={setSlice}
            heldGroups={groups.filter(({ verdict }) => verdict === 'held').length}
          />
          {groups.length > 0 && <RenamedGroups groups={groups} />}
        </Stack>
      )}
    </>
  );
}
