/** Having the services tell more in their logs for a while. */
import { Group, NativeSelect, Skeleton, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DebugLogDocument } from '../../api/documents.ts';
import { debugLogQuery } from '../../api/queries.ts';
import { send } from '../../api/request.ts';
import { useMayChange } from '../../api/session.ts';
import { ActButton } from '../../components/act-button.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import classes from './diagnostics.module.css';

/** For how long; a day is the most that the console takes. */
const times = [
  { value: '15m', label: 'for a quarter of an hour' },
  { value: '1h', label: 'for an hour' },
  { value: '4h', label: 'for four hours' },
  { value: '24h', label: 'for a day' },
];

type Wish = { readonly on: true; readonly for: string } | { readonly on: false };

export function DebugLogPanel() {
  const { data, error } = useQuery(debugLogQuery);
  const change = useMutation({ mutationFn: (wish: Wish) => send<DebugLogDocument>('/debug-log', { body: wish }) });
  return (
    <Panel title="Debug log">
      <div className={classes.parts}>
        <Text c="dimmed">
          Every service tells more in its log, without a restart: each call to LastPass, what is read from the
          directory, what is applied, and how long planning takes. As ever without passwords, and with people by their
          objectGUID only. It ends by itself.
        </Text>
        {error !== null && data === undefined && <ErrorBox error={error} title="Whether it is on can’t be told" />}
        {error === null && data === undefined && <Skeleton height={20} animate={false} />}
        {change.error !== null && <ErrorBox error={change.error} title="It wasn’t done" />}
        {data !== undefined && (
          <>
            <State document={data} />
            <Switch isOn={data.debugLog} busy={change.isPending} onChange={change.mutate} />
          </>
        )}
      </div>
    </Panel>
  );
}

const State = ({ document: { debugLog, by, until } }: { document: DebugLogDocument }) => (
  <Text role="status">
    {debugLog && until !== null ? (
      <>
        <b>On</b>: it ends <Moment at={until} />, and {by} wants it.
      </>
    ) : (
      <b>Off.</b>
    )}
  </Text>
);

interface SwitchProps {
  readonly isOn: boolean;
  readonly busy: boolean;
  readonly onChange: (wish: Wish) => void;
}

function Switch({ isOn, busy, onChange }: SwitchProps) {
  const mayChange = useMayChange();
  const [time, setTime] = useState('1h');
  if (isOn)
    return (
      <div>
        <ActButton variant="default" loading={busy} onClick={() => onChange({ on: false })}>
          Switch off
        </ActButton>
      </div>
    );
  return (
    <Group gap="xs">
      <NativeSelect
        aria-label="How long"
        data={times}
        value={time}
        disabled={!mayChange}
        onChange={({ currentTarget }) => setTime(currentTarget.value)}
      />
      <ActButton variant="default" loading={busy} onClick={() => onChange({ on: true, for: time })}>
        Switch on
      </ActButton>
    </Group>
  );
}
