/** Deciding about people on a list, step by step: whom it is about, the question, the deed, and what became of it. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type Deed, decide, type Whom } from '../api/decide.ts';
import type { Decidable } from '../api/documents.ts';
import { nothingSelected, type Selection } from '../components/selection.ts';
import { type Chosen, chosenIn, whomOf } from './chosen.ts';
import type { Offer } from './offer.ts';
import { type Outcome, outcomeOf } from './outcome.ts';

/** What there is to decide about. */
export interface DecidableList<Row> {
  readonly nameOf: (row: Row) => string;
  /** The API's names of the lists that are meant with everybody on them. */
  readonly lists: readonly string[] | true;
  /** Tells the first so many, and how many there are. Where the API has no name for the list, all of them. */
  readonly readFirst: (limit: number) => Promise<{ readonly rows: readonly Row[]; readonly total: number }>;
}

interface Question<Row> {
  readonly offer: Offer<Row>;
  readonly chosen: Chosen<Row>;
}

export interface Decisions<Row> {
  readonly selection: Selection<Row>;
  readonly select: (selection: Selection<Row>) => void;
  /** What is being asked, or was last. */
  readonly question: Question<Row> | null;
  readonly isAsked: boolean;
  /** The offer that is about to be asked about: those whom it is about are being read. */
  readonly asking: Offer<Row> | null;
  readonly ask: (offer: Offer<Row>) => Promise<void>;
  readonly cancel: () => void;
  readonly confirm: () => void;
  readonly isDeciding: boolean;
  /** Why it wasn't done. */
  readonly error: Error | null;
  /** Why it couldn't even be asked. */
  readonly unasked: Error | null;
  readonly outcome: Outcome | null;
  readonly dismiss: () => void;
}

/** Each list has its own. */
export function useDecisions<Row extends Decidable>({ nameOf, lists, readFirst }: DecidableList<Row>): Decisions<Row> {
  const [selection, select] = useState(nothingSelected<Row>);
  const [question, setQuestion] = useState<Question<Row> | null>(null);
  const [isAsked, setIsAsked] = useState(false);
  const [asking, setAsking] = useState<Offer<Row> | null>(null);
  const [unasked, setUnasked] = useState<Error | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const deciding = useMutation({ mutationFn: ({ deed, whom }: { deed: Deed; whom: Whom }) => decide(deed, whom) });
  const dismiss = () => {
    setOutcome(null);
    setUnasked(null);
  };
  const ask = async (offer: Offer<Row>) => {
    if (asking !== null) return;
    dismiss();
    deciding.reset();
    setAsking(offer);
    try {
      setQuestion({ offer, chosen: await chosenIn(selection, readFirst) });
      setIsAsked(true);
    } catch (error) {
      setUnasked(error as Error);
    } finally {
      setAsking(null);
    }
  };
  const confirm = () => {
    if (question === null) return;
    const { offer, chosen } = question;
    const names = new Map(chosen.rows.map((row) => [row.asShown, nameOf(row)]));
    deciding.mutate(
      { deed: offer.deed, whom: whomOf(chosen, lists) },
      {
        onSuccess: (document) => {
          setOutcome(outcomeOf(offer.deed, document, { nameOf: (who) => names.get(who) ?? who, effect: offer.effect }));
          select(nothingSelected());
          setIsAsked(false);
        },
      },
    );
  };
  return {
    ...{ selection, select, question, isAsked, asking, ask, confirm, outcome, unasked, dismiss },
    cancel: () => setIsAsked(false),
    isDeciding: deciding.isPending,
    error: deciding.error,
  };
}
