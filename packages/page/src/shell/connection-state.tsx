/** Whether what is shown is how it is now: read out when it changes. */
import { Text } from '@mantine/core';
import { connectionSinceMs, useConnection } from '../api/connection.ts';
import { useNow } from '../components/use-now.ts';
import { durationText } from '../text/duration.ts';
import classes from './connection-state.module.css';

const words = { connecting: 'Connecting', connected: 'Live', lost: 'Connection lost' } as const;

export function ConnectionState() {
  const connection = useConnection();
  return (
    <div className={classes.state} data-connection={connection}>
      <span className={classes.light} aria-hidden="true" />
      <Text size="sm" span role="status" className={classes.words}>
        {words[connection]}
      </Text>
      {connection === 'lost' && <LostFor />}
    </div>
  );
}

/** Not read out: it changes every second. */
function LostFor() {
  const nowMs = useNow();
  return (
    <Text size="sm" span c="dimmed" aria-hidden="true" visibleFrom="sm">
      for {durationText(nowMs - connectionSinceMs())}, trying again
    </Text>
  );
}
