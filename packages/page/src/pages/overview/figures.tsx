/** How many people are where; each figure leads to them. */
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { StatusDocument } from '../../api/documents.ts';
import { searchQuery } from '../../api/queries.ts';
import { countAside, counted, numberText } from '../../text/count.ts';
import classes from './figures.module.css';

interface Figure {
  readonly label: string;
  /** `null`: nobody knows yet. */
  readonly count: number | null;
  readonly path: string;
  /** What it means, in few words. */
  readonly note: string;
  /** Somebody's word, or hand, is wanted where there are any. */
  readonly wanted?: boolean;
}

const nobody = { offset: 0, limit: 1 };

export function Figures({ status: { people, directories } }: { status: StatusDocument }) {
  const isAnyRead = directories.some(({ completedAt }) => completedAt !== null); // else nobody can be known
  const known = useQuery({ ...searchQuery('', nobody), enabled: isAnyRead }).data?.page.total ?? null;
  const figures: readonly Figure[] = [
    {
      label: 'In scope',
      count: people.inScope,
      path: '/people',
      note:
        known === null ? 'of those in the directories' : `of ${counted(known, 'person', 'people')} in the directories`,
    },
    { label: 'Linked', count: people.linked, path: '/people', note: 'have an account that is theirs' },
    { label: 'Pending', count: people.pending, path: '/pending', note: 'new, and wait for approval', wanted: true },
    {
      label: 'Held',
      count: people.held + people.heldGroups,
      path: '/held',
      note:
        people.heldGroups > 0
          ? `${counted(people.heldGroups, 'renamed group', 'renamed groups')} among them`
          : 'by the guard',
      wanted: true,
    },
    { label: 'Set aside', count: countAside(people), path: '/aside', note: 'until something is mended', wanted: true },
    { label: 'Drift', count: people.deletedByHand, path: '/drift', note: 'accounts deleted by hand', wanted: true },
  ];
  return (
    <ul className={classes.figures} aria-label="People">
      {figures.map((figure) => (
        <li key={figure.label}>
          <Link
            href={figure.path}
            className={classes.figure}
            data-wanted={(figure.wanted && (figure.count ?? 0) > 0) || undefined}
          >
            <span className={classes.label}>{figure.label}</span>
            <span className={classes.count}>{figure.count === null ? '…' : numberText(figure.count)}</span>
            <span className={classes.note}>{figure.note}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
