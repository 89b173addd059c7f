/** Accounts that somebody deleted by hand at LastPass: they aren't created again by themselves. */
import { Text } from '@mantine/core';
import type { DriftDocument, Page } from '../../api/documents.ts';
import { driftQuery, type Slice } from '../../api/queries.ts';
import { queryClient } from '../../api/query-client.ts';
import { Moment } from '../../components/moment.tsx';
import { Named } from '../../components/named.tsx';
import type { Column } from '../../components/paged-table.tsx';
import { Panel } from '../../components/panel.tsx';
import { DecidableTable } from '../../decisions/decidable-table.tsx';
import type { Offer } from '../../decisions/offer.ts';
import { asSentence } from '../../text/sentence.ts';

type Drifted = DriftDocument['drift'][number];

const columns: readonly Column<Drifted>[] = [
  { header: 'Person', cell: (person) => <Named {...person} />, width: '30%' },
  { header: 'What was found', cell: ({ reason }) => asSentence(reason) },
  {
    header: 'Since',
    cell: ({ since }) => (since === null ? 'nobody noted it' : <Moment at={since} />),
    width: '7rem',
  },
];

const keyOf = ({ person }: Drifted) => person;
const nameOf = ({ name, username }: Drifted) =>
  username === null || username === name ? name : `${name} (${username})`;

const retry: Offer<Drifted> = {
  deed: 'retry',
  verb: 'Create again',
  effect: () => 'the link to the deleted account has ended, and the policy decides as for somebody new',
  meaning: () =>
    'The link to the deleted account ends: they are as new as somebody without an account, and the policy (onDetected) decides whether they get one at once, or once it is approved.',
};

/** Disabled accounts come after the deleted ones, and those that are perhaps ours last. */
const readFirst = async (limit: number) => {
  const { drift, perhapsOurs, page } = await queryClient.fetchQuery(driftQuery({ offset: 0, limit }));
  const rows = drift.filter(({ kind }) => kind === 'deleted');
  const isAll = rows.length < drift.length || perhapsOurs.length > 0;
  return { rows, total: isAll ? rows.length : page.total };
};

export interface DeletedAccountsProps {
  readonly accounts: readonly Drifted[] | undefined;
  readonly page: Page | undefined;
  readonly onPage: (slice: Slice) => void;
}

export function DeletedAccounts({ accounts, page, onPage }: DeletedAccountsProps) {
  return (
    <Panel title="Deleted by hand">
      <DecidableTable
        caption="Accounts that were deleted by hand"
        columns={columns}
        rows={accounts}
        keyOf={keyOf}
        nameOf={nameOf}
        page={page}
        onPage={onPage}
        offers={[retry]}
        lists={['drift']}
        readFirst={readFirst}
        wholeListNote={
          <Text mt="xs">Everybody is meant whose account is listed as deleted by the time you confirm.</Text>
        }
        empty={<Text c="dimmed">No account was deleted by hand.</Text>}
      />
    </Panel>
  );
}
