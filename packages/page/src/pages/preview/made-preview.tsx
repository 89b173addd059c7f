/** What a preview shows: who would lose their access before all, what is done in all, and everybody one by one. */
import { Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { PreviewedSync } from '../../api/documents.ts';
import { Moment } from '../../components/moment.tsx';
import { counted } from '../../text/count.ts';
import { Filters } from './filters.tsx';
import { Leavers } from './leavers.tsx';
import { PreviewedPeople } from './previewed-people.tsx';
import { isLeaverKind, noFilter, type PreviewFilter, rowsIn } from './previewed-rows.ts';

export interface MadePreviewProps {
  readonly preview: PreviewedSync;
  readonly by: string | null;
  readonly madeAt: string | null;
}

export function MadePreview({ preview, by, madeAt }: MadePreviewProps) {
  const rows = useMemo(() => rowsIn(preview), [preview]);
  const [filter, setFilter] = useState(noFilter);
  const leavers = useMemo(() => rows.filter(({ isLeaver }) => isLeaver), [rows]);
  const showLeavers = () => {
    const kinds = new Set(leavers.flatMap((row) => row.kinds.filter(isLeaverKind)));
    setFilter({ ...noFilter, kinds: [...kinds] } satisfies PreviewFilter);
  };
  return (
    <Stack gap="md">
      <Text>
        <b>{summaryOf(preview)}</b>{' '}
        <Text span c="dimmed">
          Read {counted(preview.read.objects, 'object', 'objects')} of Active Directory and{' '}
          {counted(preview.read.accounts, 'account', 'accounts')} of LastPass
          {madeAt !== null && (
            <>
              , <Moment at={madeAt} />
            </>
          )}
          {by !== null && `, for ${by}`}.
        </Text>
      </Text>
      <Leavers leavers={leavers} onShow={showLeavers} />
      {rows.length > 0 && <Filters rows={rows} filter={filter} onChange={setFilter} />}
      <PreviewedPeople rows={rows} filter={filter} />
    </Stack>
  );
}

function summaryOf({ sent }: PreviewedSync): string {
  const calls = sent.reduce((sum, each) => sum + each.calls.length, 0);
  return sent.length === 0
    ? 'A sync now would send nothing.'
    : `A sync now would send ${counted(calls, 'change', 'changes')} for ${counted(sent.length, 'person', 'people')}.`;
}
