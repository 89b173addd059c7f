/** What is shown of people whose steps wait for a word. */
import type { WaitingPerson } from '../api/documents.ts';
import { Moment } from '../components/moment.tsx';
import { Named } from '../components/named.tsx';
import type { Column } from '../components/paged-table.tsx';
import { StepsText } from '../components/step-text.tsx';
import { asSentence } from '../text/sentence.ts';

export const waitingKey = ({ person }: WaitingPerson): string => person;

/** How a question names them. */
export const waitingName = ({ name, username }: WaitingPerson): string =>
  name === username ? name : `${name} (${username})`;

/** @param why heads the column that says why they wait */
export const waitingColumns = (why: string): readonly Column<WaitingPerson>[] => [
  { header: 'Person', cell: (person) => <Named {...person} />, width: '26%' },
  { header: 'What would happen', cell: ({ steps }) => <StepsText steps={steps} />, width: '34%' },
  { header: why, cell: ({ because }) => asSentence(because) },
  { header: 'Since', cell: ({ since }) => <Moment at={since} />, width: '7rem' },
];
