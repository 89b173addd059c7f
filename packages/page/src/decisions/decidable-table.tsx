/** A list of people, or of groups, about whom an administrator decides: one, some or all of them. A viewer sees the same list, and chooses nobody. */
import { Button, Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Decidable } from '../api/documents.ts';
import { useMayChange } from '../api/session.ts';
import { ConfirmDialog, type ConfirmDialogProps } from '../components/confirm-dialog.tsx';
import { ErrorBox } from '../components/error-box.tsx';
import { PagedTable, type PagedTableProps } from '../components/paged-table.tsx';
import { counted } from '../text/count.ts';
import { DecisionOutcome } from './decision-outcome.tsx';
import type { Offer } from './offer.ts';
import { type DecidableList, type Decisions, useDecisions } from './use-decisions.ts';

export interface DecidableTableProps<Row> extends Omit<PagedTableProps<Row>, 'choosing'>, DecidableList<Row> {
  /** The first one is what is mostly wanted. */
  readonly offers: readonly Offer<Row>[];
  /** What they are; people unless given. */
  readonly what?: NonNullable<ConfirmDialogProps['what']>;
  /** Said where everybody on the list is meant, whoever that is by then. */
  readonly wholeListNote?: ReactNode;
}

const people = { one: 'person', many: 'people' };

export function DecidableTable<Row extends Decidable>({
  offers,
  what = people,
  wholeListNote,
  nameOf,
  lists,
  readFirst,
  ...table
}: DecidableTableProps<Row>) {
  const mayChange = useMayChange();
  const decisions = useDecisions<Row>({ nameOf, lists, readFirst });
  const { selection, select, outcome, unasked, dismiss } = decisions;
  const choosing = {
    ...{ selection, onChange: select, labelOf: nameOf },
    actions: <Offers offers={offers} decisions={decisions} />,
  };
  return (
    <div>
      {outcome !== null && <DecisionOutcome outcome={outcome} onClose={dismiss} />}
      {unasked !== null && <ErrorBox error={unasked} title="Whom it would be about can’t be told" />}
      <PagedTable {...table} {...(mayChange ? { choosing } : {})} />
      <Question decisions={decisions} what={what} nameOf={nameOf} wholeListNote={wholeListNote} />
    </div>
  );
}

/** None is ever disabled: the focus would be lost, and the question goes back to where it came from. */
function Offers<Row>({ offers, decisions }: { offers: readonly Offer<Row>[]; decisions: Decisions<Row> }) {
  const { asking, ask } = decisions;
  return offers.map((offer, index) => (
    <Button
      key={offer.deed}
      size="compact-md"
      variant={index === 0 ? 'filled' : 'default'}
      aria-busy={asking === offer}
      leftSection={asking === offer && <Loader size={12} color="currentColor" />}
      onClick={() => void ask(offer)}
    >
      {offer.verb}…
    </Button>
  ));
}

/** So many names are read before somebody confirms; how many more there are is said. */
const mostNames = 200;

interface QuestionProps<Row> {
  readonly decisions: Decisions<Row>;
  readonly what: NonNullable<ConfirmDialogProps['what']>;
  readonly nameOf: (row: Row) => string;
  readonly wholeListNote: ReactNode;
}

/** It is there before it opens: only so the focus goes back to where it came from. */
function Question<Row>({ decisions, what, nameOf, wholeListNote }: QuestionProps<Row>) {
  const { question, isAsked, isDeciding, error, confirm, cancel } = decisions;
  const chosen = question?.chosen ?? { rows: [], count: 0, wholeList: false };
  const words = `${question?.offer.verb ?? ''} ${counted(chosen.count, what.one, what.many)}`;
  return (
    <ConfirmDialog
      opened={isAsked}
      title={`${words}?`}
      verb={words}
      names={chosen.rows.slice(0, mostNames).map(nameOf)}
      count={chosen.count}
      what={what}
      dangerous={question?.offer.dangerous ?? false}
      busy={isDeciding}
      error={error}
      onConfirm={confirm}
      onClose={cancel}
    >
      {question?.offer.meaning(chosen)}
      {chosen.wholeList && wholeListNote}
    </ConfirmDialog>
  );
}
