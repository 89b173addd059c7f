/** New people who wait for an approval. */
import { Text } from '@mantine/core';
import type { Page, WaitingPerson } from '../../api/documents.ts';
import { pendingQuery, type Slice } from '../../api/queries.ts';
import { queryClient } from '../../api/query-client.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { DecidableTable } from '../../decisions/decidable-table.tsx';
import type { Offer } from '../../decisions/offer.ts';
import { waitingColumns, waitingKey, waitingName } from '../waiting-columns.tsx';

const columns = waitingColumns('Why it waits');

/** An account after all is the same as one at once. */
export const approve: Offer<WaitingPerson> = {
  deed: 'approve',
  verb: 'Approve',
  effect: (when) => `their accounts are created ${when}`,
  meaning: () => 'They get an account, in the groups shown, and LastPass sends each of them an invitation.',
};

const reject: Offer<WaitingPerson> = {
  deed: 'reject',
  verb: 'Reject',
  effect: () => 'they get no account',
  meaning: () =>
    'They get no account, until what would happen to them is something else. You can approve them after all.',
};

/** The rejected come after the pending: as soon as one of them is told, all the pending are. */
const readFirst = async (limit: number) => {
  const { pending, rejected, page } = await queryClient.fetchQuery(pendingQuery({ offset: 0, limit }));
  return { rows: pending, total: rejected.length > 0 ? pending.length : page.total };
};

export interface PendingPeopleProps {
  readonly people: readonly WaitingPerson[] | undefined;
  readonly page: Page | undefined;
  readonly onPage: (slice: Slice) => void;
}

export function PendingPeople({ people, page, onPage }: PendingPeopleProps) {
  return (
    <DecidableTable
      caption="People who wait for approval"
      columns={columns}
      rows={people}
      keyOf={waitingKey}
      nameOf={waitingName}
      page={page}
      onPage={onPage}
      offers={[approve, reject]}
      lists={['pending']}
      readFirst={readFirst}
      wholeListNote={<Text mt="xs">Everybody is meant who is pending by the time you confirm.</Text>}
      empty={
        <EmptyState icon="good" title="Nobody is pending.">
          Where the policy says <code>onDetected: approve</code>, new people appear here and wait for your approval.
          Else they get their accounts by themselves.
        </EmptyState>
      }
    />
  );
}
