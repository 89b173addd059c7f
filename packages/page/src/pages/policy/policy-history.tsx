/** Every policy that is, or was, in force, with what each changed, and the way back to one. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { PolicyRevision } from '../../api/documents.ts';
import { policyHistoryQuery } from '../../api/queries.ts';
import { ActButton } from '../../components/act-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Moment } from '../../components/moment.tsx';
import { type Column, PagedTable } from '../../components/paged-table.tsx';
import { ChangeList } from './change-list.tsx';

/** A few are enough beside the policy itself. */
const firstFew = { offset: 0, limit: 10 };
/** By whom one is that a reconciler has found in the configuration. */
const theConfiguration = 'the configuration';
const keyOf = ({ number }: PolicyRevision) => String(number);

export interface PolicyHistoryProps {
  /** Number of the one in force. */
  readonly inForce: number | null;
  /** Brings one into force again, once somebody has seen what that would do. */
  readonly onRollBack: (number: number) => void;
}

export function PolicyHistory({ inForce, onRollBack }: PolicyHistoryProps) {
  const [slice, setSlice] = useState(firstFew);
  const { data, error, refetch } = useQuery(policyHistoryQuery(slice));
  const columns = useMemo(() => columnsFor(inForce, onRollBack), [inForce, onRollBack]);
  if (error !== null && data === undefined)
    return <ErrorBox error={error} title="The history can’t be shown" onRetry={() => void refetch()} />;
  return (
    <PagedTable
      caption="Policies that are, or were, in force, the newest first"
      columns={columns}
      rows={data?.history}
      keyOf={keyOf}
      page={data?.page}
      onPage={setSlice}
      empty={
        <EmptyState icon="policy" title="No policy is in force yet.">
          The first one is that of the configuration, once a reconciler has started.
        </EmptyState>
      }
    />
  );
}

const columnsFor = (inForce: number | null, onRollBack: (number: number) => void): Column<PolicyRevision>[] => [
  { header: 'Policy', cell: ({ number }) => number, width: '5rem' },
  { header: 'Since', cell: ({ at }) => <Moment at={at} />, width: '9rem' },
  {
    header: 'By',
    cell: ({ by, from }) => (
      <>
        {by}
        {from === 'configuration' && by !== theConfiguration && (
          <Text size="sm" c="dimmed">
            let the configuration count again
          </Text>
        )}
      </>
    ),
    width: '20%',
  },
  {
    header: 'What it changed',
    cell: ({ changes }) =>
      changes.length === 0 ? <Text c="dimmed">as it began</Text> : <ChangeList changes={changes} />,
  },
  {
    header: 'Way back',
    cell: ({ number }) =>
      number === inForce ? (
        <Text c="dimmed">in force</Text>
      ) : (
        <ActButton
          size="compact-sm"
          variant="default"
          aria-label={`Roll back to policy ${number}`}
          onClick={() => onRollBack(number)}
        >
          Roll back
        </ActButton>
      ),
    width: '8rem',
  },
];
