/** Everybody in a preview, page by page; 100,000 are filtered and turned over in memory. */
import { Text } from '@mantine/core';
import { useDeferredValue, useMemo, useState } from 'react';
import { EmptyState } from '../../components/empty-state.tsx';
import { Named } from '../../components/named.tsx';
import { type Column, firstSlice, PagedTable } from '../../components/paged-table.tsx';
import { asSentence } from '../../text/sentence.ts';
import { Changes } from './changes.tsx';
import { outcomeWords } from './outcome-words.ts';
import { filtered, type PreviewedRow, type PreviewFilter } from './previewed-rows.ts';

const columns: readonly Column<PreviewedRow>[] = [
  {
    header: 'Person',
    cell: ({ person, name, username }) =>
      person === null ? <>Group {name}</> : <Named person={person} name={name} username={username} />,
    width: '26%',
  },
  { header: 'What would change', cell: (row) => <Changes row={row} />, width: '46%' },
  {
    header: 'What becomes of it',
    cell: ({ outcome, because }) => (
      <>
        {outcomeWords[outcome]}
        {because !== null && (
          <Text size="sm" c="dimmed">
            {asSentence(because)}
          </Text>
        )}
      </>
    ),
  },
];
const keyOf = ({ key }: PreviewedRow) => key;

export function PreviewedPeople({ rows, filter }: { rows: readonly PreviewedRow[]; filter: PreviewFilter }) {
  const looked = useDeferredValue(filter); // typing stays quick
  const found = useMemo(() => filtered(rows, looked), [rows, looked]);
  const [turned, setTurned] = useState({ slice: firstSlice, found });
  // Another list begins with its first page.
  const { offset, limit } = turned.found === found ? turned.slice : firstSlice;
  const shown = useMemo(() => found.slice(offset, offset + limit), [found, offset, limit]);
  return (
    <PagedTable
      caption="What would be done for whom"
      columns={columns}
      rows={shown}
      keyOf={keyOf}
      page={{ offset, limit, total: found.length }}
      onPage={(slice) => setTurned({ slice, found })}
      empty={
        rows.length === 0 ? (
          <EmptyState icon="good" title="Everything is in sync.">
            Nobody would be created, changed or disabled, and nobody is set aside.
          </EmptyState>
        ) : (
          <EmptyState icon="filter" title="Nobody is like that.">
            Of {rows.length === 1 ? 'the one in the preview' : `the ${rows.length} in the preview`} nobody fits what you
            look for.
          </EmptyState>
        )
      }
    />
  );
}
