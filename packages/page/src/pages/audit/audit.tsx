/** Audit trail: who changed what, the newest first; keeping it elsewhere, and proof that it is whole. */
import { answerText } from '@connector/console/src/audit/change-text.ts';
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { LogEntry } from '../../api/documents.ts';
import { auditQuery, sessionQuery } from '../../api/queries.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { ExactMoment } from '../../components/moment.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { type Column, firstSlice, PagedTable } from '../../components/paged-table.tsx';
import { PersonLink } from '../../components/person-link.tsx';
import classes from './audit.module.css';
import { entryChange, isRefusal, subjectText } from './entry-words.ts';
import { ExportTrail } from './export-trail.tsx';
import { VerifyTrail } from './verify-trail.tsx';

const columns: readonly Column<LogEntry>[] = [
  { header: 'Entry', cell: ({ sequence }) => <Text c="dimmed">{sequence}</Text> },
  {
    header: 'When',
    cell: ({ at }) => (
      <span className={classes.when}>
        <ExactMoment at={at} />
      </span>
    ),
  },
  { header: 'Who', cell: ({ by }) => by, width: '13%' },
  {
    header: 'Did what',
    cell: (entry) => (
      <>
        <span className={classes.did} data-refused={isRefusal(entry) || undefined}>
          {entry.did}
        </span>{' '}
        {entry.of.kind === 'person' ? <PersonLink person={entry.of.id} name={entry.of.name} /> : subjectText(entry)}
      </>
    ),
    width: '20%',
  },
  { header: 'From what to what', cell: entryChange, width: '29%' },
  {
    header: 'Why, and what LastPass answered',
    cell: (entry) => (
      <Text size="sm" c="dimmed">
        {[entry.source === null ? '' : `change ${entry.source}`, answerText(entry)]
          .filter((text) => text !== '')
          .join('; ')}
      </Text>
    ),
    width: '18%',
  },
];
const keyOf = ({ sequence }: LogEntry) => String(sequence);

export default function AuditPage() {
  const { data: session } = useQuery(sessionQuery);
  return (
    <>
      <PageHeader title="Audit trail">
        Who changed what, from what to what: what people did with the connector, and what it did at LastPass.
      </PageHeader>
      {session?.role === 'administrator' && <Trail />}
      {session?.role === 'viewer' && (
        <EmptyState icon="audit" title="The audit trail is for administrators.">
          It names who has signed in, who has decided what about whom, and what became of it. What was done about
          somebody last is in their story, under People.
        </EmptyState>
      )}
    </>
  );
}

function Trail() {
  const [slice, setSlice] = useState(firstSlice);
  const { data, error, refetch } = useQuery(auditQuery(slice));
  return (
    <>
      {error !== null && data === undefined ? (
        <ErrorBox error={error} title="The audit trail can’t be shown" onRetry={() => void refetch()} />
      ) : (
        <PagedTable
          caption="What was changed, the newest first"
          columns={columns}
          rows={data?.audit}
          keyOf={keyOf}
          page={data?.page}
          onPage={setSlice}
          empty={
            <EmptyState icon="audit" title="Nothing was changed by anybody yet.">
              Whatever is decided, steered or sent to LastPass stands here within seconds.
            </EmptyState>
          }
        />
      )}
      <div className={classes.proofs}>
        <ExportTrail />
        <VerifyTrail />
      </div>
    </>
  );
}
