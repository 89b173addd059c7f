/** The people whom the guard holds. */
import { Text } from '@mantine/core';
import type { Page, WaitingPerson } from '../../api/documents.ts';
import { heldQuery, type Slice } from '../../api/queries.ts';
import { queryClient } from '../../api/query-client.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import type { Chosen } from '../../decisions/chosen.ts';
import { DecidableTable } from '../../decisions/decidable-table.tsx';
import type { Offer } from '../../decisions/offer.ts';
import { counted, numberText } from '../../text/count.ts';
import { kindsText } from '../../text/step-kinds.ts';
import { waitingColumns, waitingKey, waitingName } from '../waiting-columns.tsx';

const columns = waitingColumns('Why it is held');

const release: Offer<WaitingPerson> = {
  deed: 'release',
  verb: 'Release',
  dangerous: true,
  effect: (when) => `the steps shown happen ${when}`,
  meaning: (chosen) => (
    <>
      <Text>What the list shows for them happens, and nothing else. Who has changed meanwhile stays held.</Text>
      <Kinds chosen={chosen} />
    </>
  ),
};

const reject: Offer<WaitingPerson> = {
  deed: 'reject',
  verb: 'Reject',
  effect: () => 'the steps shown do not happen',
  meaning: (chosen) => (
    <>
      <Text>What the list shows for them does not happen: they keep what they have, until their steps are others.</Text>
      <Kinds chosen={chosen} />
    </>
  ),
};

/** How often each kind of step is among those that are known. */
function Kinds({ chosen: { rows, wholeList } }: { chosen: Chosen<WaitingPerson> }) {
  return (
    <Text fw={600} mt="xs">
      {wholeList && `Of the first ${numberText(rows.length)}: `}
      {kindsText(rows)}.
    </Text>
  );
}

const readFirst = async (limit: number) => {
  const { held, page } = await queryClient.fetchQuery(heldQuery({ offset: 0, limit }));
  return { rows: held, total: page.total };
};

export interface HeldPeopleProps {
  readonly people: readonly WaitingPerson[] | undefined;
  readonly page: Page | undefined;
  readonly onPage: (slice: Slice) => void;
  /** How many renamed groups are held as well. */
  readonly heldGroups: number;
}

export function HeldPeople({ people, page, onPage, heldGroups }: HeldPeopleProps) {
  return (
    <DecidableTable
      caption="People who are held"
      columns={columns}
      rows={people}
      keyOf={waitingKey}
      nameOf={waitingName}
      page={page}
      onPage={onPage}
      offers={[release, reject]}
      lists={['held']}
      readFirst={readFirst}
      wholeListNote={
        <Text mt="xs">
          Everybody is meant who is held by the time you confirm
          {heldGroups > 0 && `, and with them ${counted(heldGroups, 'renamed group', 'renamed groups')} further down`}.
        </Text>
      }
      empty={
        <EmptyState icon="good" title="Nobody is held.">
          When unusually many people would lose their access at once, or somebody is missing without being proved
          deleted, the guard stops it, and they appear here.
        </EmptyState>
      }
    />
  );
}
