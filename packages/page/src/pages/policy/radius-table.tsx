/** People to whom another policy would do something: all are known already, and are shown page by page. */
import { useState } from 'react';
import { Named } from '../../components/named.tsx';
import { type Column, firstSlice, PagedTable } from '../../components/paged-table.tsx';
import { StepsText } from '../../components/step-text.tsx';
import { asSentence } from '../../text/sentence.ts';
import type { AffectedPerson, RadiusPart } from './radius.ts';

const who: Column<AffectedPerson> = { header: 'Who', cell: Named, width: '30%' };
const what: Column<AffectedPerson> = { header: 'What', cell: ({ steps }) => <StepsText steps={steps} /> };
const why = (header: string): Column<AffectedPerson> => ({
  header,
  cell: ({ because }) => asSentence(because ?? ''),
  width: '32%',
});

function columnsOf({ id, people }: RadiusPart): readonly Column<AffectedPerson>[] {
  if (id === 'aside') return [who, why('What stands in the way')];
  if (id === 'no-longer') return [who, what, why('Why they wait now')];
  return people.some(({ because }) => because !== null) ? [who, what, why('Why it waits')] : [who, what];
}

const keyOf = ({ person }: AffectedPerson) => person;

export function RadiusTable({ part }: { part: RadiusPart }) {
  const [{ offset, limit }, setSlice] = useState(firstSlice);
  const { title, people } = part;
  return (
    <PagedTable
      caption={title}
      columns={columnsOf(part)}
      rows={people.slice(offset, offset + limit)}
      keyOf={keyOf}
      page={{ offset, limit, total: people.length }}
      onPage={setSlice}
      empty={null}
    />
  );
}
