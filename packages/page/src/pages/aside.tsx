/** Set aside: people who can't be synced until something is mended, while everybody else is. */
import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AsideDocument } from '../api/documents.ts';
import { asideQuery, statusQuery } from '../api/queries.ts';
import { queryClient } from '../api/query-client.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorBox } from '../components/error-box.tsx';
import { Moment } from '../components/moment.tsx';
import { Named } from '../components/named.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { type Column, firstSlice } from '../components/paged-table.tsx';
import { DecidableTable } from '../decisions/decidable-table.tsx';
import type { Offer } from '../decisions/offer.ts';
import { counted } from '../text/count.ts';
import { asSentence } from '../text/sentence.ts';

type AsidePerson = AsideDocument['aside'][number];

/** What kind of obstacle it is, and who has to move it. Whose account was deleted by hand is drift, and stands there. */
const kinds: Readonly<
  Record<Exclude<AsidePerson['kind'], 'drift'>, { readonly label: string; readonly what: string }>
> = {
  data: { label: 'Active Directory’s data', what: 'mend it in Active Directory, and it counts by itself' },
  refused: {
    label: 'LastPass refuses',
    what: 'tried again every quarter of an hour',
  },
  'no-seat': { label: 'no licence is free', what: 'add licences, or free some; tried again every minute' },
};

const columns: readonly Column<AsidePerson>[] = [
  { header: 'Person', cell: (person) => <Named {...person} username={person.username ?? 'no mail'} />, width: '26%' },
  { header: 'What has to be mended', cell: ({ reason }) => asSentence(reason), width: '40%' },
  { header: 'Where', cell: ({ kind }) => (kind === 'drift' ? 'drift' : kinds[kind].label) },
  { header: 'Since', cell: ({ since }) => <Moment at={since} />, width: '7rem' },
];

const keyOf = ({ person }: AsidePerson) => person;
const nameOf = ({ name, username }: AsidePerson) =>
  username === null || username === name ? name : `${name} (${username})`;

const retry: Offer<AsidePerson> = {
  deed: 'retry',
  verb: 'Retry',
  effect: () => 'they are planned again now',
  meaning: () =>
    'They are planned again at once, without waiting for the next attempt. Whoever still can’t be synced is set aside again.',
};

const readFirst = async (limit: number) => {
  const { aside, page } = await queryClient.fetchQuery(asideQuery({ offset: 0, limit }));
  return { rows: aside, total: page.total };
};

export default function AsidePage() {
  const [slice, setSlice] = useState(firstSlice);
  const { data, error, refetch } = useQuery(asideQuery(slice));
  return (
    <>
      <PageHeader title="Set aside">
        People who can’t be synced until something is mended. Everybody else is. What is mended in Active Directory
        counts by itself.
      </PageHeader>
      <Kinds />
      {error !== null && data === undefined ? (
        <ErrorBox error={error} title="Who is set aside can’t be told" onRetry={() => void refetch()} />
      ) : (
        <DecidableTable
          caption="People who are set aside"
          columns={columns}
          rows={data?.aside}
          keyOf={keyOf}
          nameOf={nameOf}
          page={data?.page}
          onPage={setSlice}
          offers={[retry]}
          lists={['aside']}
          readFirst={readFirst}
          wholeListNote={<Text mt="xs">Everybody is meant who is set aside by the time you confirm.</Text>}
          empty={
            <EmptyState icon="good" title="Nobody is set aside.">
              Whoever can’t be synced appears here, with what has to be mended: for want of a mail, say, or of a
              licence.
            </EmptyState>
          }
        />
      )}
    </>
  );
}

/** How many there are of each kind, and who mends it. */
function Kinds() {
  const { data: status } = useQuery(statusQuery);
  if (status === undefined) return null;
  const { data, refused, noSeat } = status.people.setAside;
  const counts = [[kinds.data, data] as const, [kinds.refused, refused] as const, [kinds['no-seat'], noSeat] as const];
  return (
    <Stack gap={4} mb="md">
      {counts
        .filter(([, count]) => count > 0)
        .map(([{ label, what }, count]) => (
          <Text key={label}>
            <b>
              {counted(count, 'person', 'people')}, {label}:
            </b>{' '}
            {what}.
          </Text>
        ))}
    </Stack>
  );
}
