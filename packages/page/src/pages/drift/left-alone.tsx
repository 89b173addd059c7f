/** Accounts that the connector leaves as they are: disabled by hand, or perhaps ours. What is to become of them is decided at LastPass. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DriftDocument } from '../../api/documents.ts';
import { pageOfSecond, sliceOfSecond } from '../../api/list-part.ts';
import { driftQuery } from '../../api/queries.ts';
import { ErrorBox } from '../../components/error-box.tsx';
import { Named } from '../../components/named.tsx';
import { type Column, firstSlice, PagedTable } from '../../components/paged-table.tsx';
import { Panel } from '../../components/panel.tsx';
import { asSentence } from '../../text/sentence.ts';

/** `person` is `null` where nobody is linked to the account. */
interface LeftAccount {
  readonly username: string;
  readonly name: string;
  readonly person: string | null;
  readonly what: string;
  readonly reason: string;
}

/** Both lists, one after the other, as the API tells them. */
const accountsIn = ({ drift, perhapsOurs }: DriftDocument): readonly LeftAccount[] => [
  ...drift
    .filter(({ kind }) => kind === 'disabled')
    .map(({ person, username, name, reason }) => ({
      person,
      username: username ?? '',
      name,
      what: 'disabled',
      reason,
    })),
  ...perhapsOurs.map(({ username, name, groups, reason }) => ({
    ...{ person: null, username, name, reason },
    what: `perhaps ours: ${groups.length > 0 ? `in ${groups.join(', ')}` : 'invited'}`,
  })),
];

const columns: readonly Column<LeftAccount>[] = [
  {
    header: 'Account',
    cell: ({ person, name, username }) =>
      person === null ? (
        <>
          {name}
          <Text size="sm" c="dimmed">
            {username}
          </Text>
        </>
      ) : (
        <Named person={person} name={name} username={username} />
      ),
    width: '30%',
  },
  { header: 'State', cell: ({ what }) => what, width: '22%' },
  { header: 'What was found', cell: ({ reason }) => asSentence(reason) },
];
const keyOf = ({ person, username }: LeftAccount) => person ?? username;

/** @param deleted how many deleted accounts stand before them in the API's list */
export function LeftAlone({ deleted }: { deleted: number }) {
  const [slice, setSlice] = useState(firstSlice);
  const { data, error, refetch } = useQuery(driftQuery(sliceOfSecond(deleted, slice)));
  if (error !== null && data === undefined)
    return (
      <ErrorBox error={error} title="Which accounts are left alone can’t be told" onRetry={() => void refetch()} />
    );
  return (
    <Panel title="Disabled by hand, or perhaps ours">
      <Text c="dimmed" mb="sm" maw={720}>
        The connector leaves them alone: what is to become of them is decided at LastPass. <i>Perhaps ours</i> are
        accounts that nobody is linked to. If the connector’s memory was lost, they may be of people who left before:
        disable or remove them at LastPass if so.
      </Text>
      <PagedTable
        caption="Accounts that are left alone"
        columns={columns}
        rows={data && accountsIn(data)}
        keyOf={keyOf}
        page={data && pageOfSecond(deleted, data.page)}
        onPage={setSlice}
        empty={null}
      />
    </Panel>
  );
}
