/** The buttons that steer the connector: sync, full sync, pause and resume. */
import { Group, Text } from '@mantine/core';
import { useState } from 'react';
import type { StatusDocument } from '../../api/documents.ts';
import { usePause, useSync } from '../../api/steering.ts';
import { ActButton } from '../../components/act-button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { counted } from '../../text/count.ts';
import { asSentence } from '../../text/sentence.ts';
import classes from './steering.module.css';

type Question = 'sync' | 'full sync' | 'pause';

export function Steering({ status }: { status: StatusDocument }) {
  const sync = useSync();
  const pause = usePause();
  const [asked, setAsked] = useState<Question | null>(null);
  const isManual = status.mode === 'manual';
  const wishFor = (full: boolean) => () => {
    if (isManual) return setAsked(full ? 'full sync' : 'sync');
    sync.mutate({ full });
  };
  const done = { onSuccess: () => setAsked(null) };
  const error = sync.error ?? pause.error;
  return (
    <>
      <Group gap="xs">
        <ActButton leftSection={<Icon name="refresh" size={16} />} loading={sync.isPending} onClick={wishFor(false)}>
          Sync now
        </ActButton>
        <ActButton variant="default" disabled={sync.isPending} onClick={wishFor(true)}>
          Full sync
        </ActButton>
        {status.pause === null ? (
          <ActButton variant="default" leftSection={<Icon name="pause" size={16} />} onClick={() => setAsked('pause')}>
            Pause
          </ActButton>
        ) : (
          <ActButton
            leftSection={<Icon name="resume" size={16} />}
            loading={pause.isPending}
            onClick={() => pause.mutate('resume')}
          >
            Resume
          </ActButton>
        )}
      </Group>
      <Text size="sm" c={error === null ? 'dimmed' : 'var(--page-bad)'} role="status" className={classes.said ?? ''}>
        {error !== null ? `It wasn’t done: ${asSentence(error.message)}` : wordsFor(sync, pause)}
      </Text>
      <ConfirmDialog
        opened={asked === 'pause'}
        title="Pause all deliveries?"
        verb="Pause"
        names={[]}
        count={0}
        busy={pause.isPending}
        error={pause.error}
        onConfirm={() => pause.mutate('pause', done)}
        onClose={() => setAsked(null)}
      >
        Nothing is sent to LastPass any more, leavers included: who is disabled in Active Directory keeps their account
        until somebody resumes. Reading and planning go on.
      </ConfirmDialog>
      <ConfirmDialog
        opened={asked === 'sync' || asked === 'full sync'}
        title="Send everything that waits?"
        verb="Sync"
        names={[]}
        count={0}
        busy={sync.isPending}
        error={sync.error}
        onConfirm={() => sync.mutate({ full: asked === 'full sync' }, done)}
        onClose={() => setAsked(null)}
      >
        The connector is in manual mode: a sync lets everything be sent.{' '}
        {counted(status.people.toDeliver, 'person waits', 'people wait')} now; what is read meanwhile comes to it. The
        preview shows all of it.
      </ConfirmDialog>
    </>
  );
}

/** What was asked for last, and what comes of it. */
function wordsFor(sync: ReturnType<typeof useSync>, pause: ReturnType<typeof usePause>): string {
  if (sync.isSuccess && sync.submittedAt > pause.submittedAt)
    return sync.variables.full
      ? 'Asked for: everything is read again.'
      : 'Asked for: what changed is read, and the accounts.';
  if (pause.isSuccess) return pause.variables === 'pause' ? 'Paused.' : 'Resumed: what waits is sent now.';
  return '';
}
