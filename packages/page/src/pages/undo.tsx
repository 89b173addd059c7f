/** Undo: people who were disabled within the last day, and taking it back. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { UndoableDocument } from '../api/documents.ts';
import { undoableQuery } from '../api/queries.ts';
import { queryClient } from '../api/query-client.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorBox } from '../components/error-box.tsx';
import { Moment } from '../components/moment.tsx';
import { Named } from '../components/named.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { type Column, firstSlice } from '../components/paged-table.tsx';
import { DecidableTable } from '../decisions/decidable-table.tsx';
import type { Offer } from '../decisions/offer.ts';
import { asSentence } from '../text/sentence.ts';

type UndoablePerson = UndoableDocument['people'][number];

const columns: readonly Column<UndoablePerson>[] = [
  { header: 'Person', cell: (person) => <Named {...person} />, width: '34%' },
  { header: 'Why they were disabled', cell: ({ because }) => asSentence(because) },
  { header: 'When', cell: ({ disabledAt }) => <Moment at={disabledAt} />, width: '9rem' },
];

const keyOf = ({ person }: UndoablePerson) => person;
const nameOf = ({ name, username }: UndoablePerson) => (name === username ? name : `${name} (${username})`);

const undo: Offer<UndoablePerson> = {
  deed: 'undo',
  verb: 'Enable again',
  effect: (when) => `they stay enabled as long as the reason is the same, and are enabled ${when}`,
  meaning: () =>
    'Their accounts are enabled again, and stay so as long as the reason is the same. Who is deleted in Active Directory later, say, is judged anew.',
};

const readFirst = async (limit: number) => {
  const { people, page } = await queryClient.fetchQuery(undoableQuery({ offset: 0, limit }));
  return { rows: people, total: page.total };
};

export default function UndoPage() {
  const [slice, setSlice] = useState(firstSlice);
  const { data, error, refetch } = useQuery(undoableQuery(slice));
  return (
    <>
      <PageHeader title="Undo">
        Whom the connector has disabled within the last day. For so long it can be taken back.
      </PageHeader>
      {error !== null && data === undefined ? (
        <ErrorBox error={error} title="Who was disabled can’t be told" onRetry={() => void refetch()} />
      ) : (
        <DecidableTable
          caption="People who were disabled within the last day"
          columns={columns}
          rows={data?.people}
          keyOf={keyOf}
          nameOf={nameOf}
          page={data?.page}
          onPage={setSlice}
          offers={[undo]}
          lists
          readFirst={readFirst}
          wholeListNote={<Text mt="xs">Everybody is meant who is on this list by the time you confirm.</Text>}
          empty={
            <EmptyState icon="undo" title="Nobody was disabled within the last day.">
              Whomever the connector disables appears here for a day, so that a mistake can be taken back.
            </EmptyState>
          }
        />
      )}
    </>
  );
}
