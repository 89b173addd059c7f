/** What is done about people, as it is done. */
import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { LogEntry } from '../../api/documents.ts';
import { useLiveNews } from '../../api/live-feed.ts';
import { auditQuery } from '../../api/queries.ts';
import { useMayChange } from '../../api/session.ts';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { PersonLink } from '../../components/person-link.tsx';
import { counted } from '../../text/count.ts';
import { durationText } from '../../text/duration.ts';
import classes from './live-list.module.css';

const shown = 14;
/** More than are shown, as some aren't about people. */
const newest = { offset: 0, limit: 50 };

export function LiveList() {
  const isAdministrator = useMayChange();
  const { entries, missed } = useLiveNews();
  // What was before the page was opened; viewers may not read the trail.
  const { data: trail } = useQuery({ ...auditQuery(newest), enabled: isAdministrator });
  const list = newestOf(entries, trail?.audit ?? []);
  return (
    <Panel
      title="Live"
      aside={
        isAdministrator && (
          <Anchor component={Link} href="/audit" size="sm">
            All in the audit trail
          </Anchor>
        )
      }
    >
      {list.length === 0 && (
        <Text c="dimmed">Nothing has been done {isAdministrator ? 'yet' : 'since you opened this page'}.</Text>
      )}
      {missed > 0 && (
        <Text size="sm" c="dimmed">
          {counted(missed, 'entry was', 'entries were')} missed while the connection was lost.
        </Text>
      )}
      <ol className={classes.list} aria-label="What was done last, the newest first">
        {list.map((entry) => (
          <Entry key={entry.sequence} entry={entry} />
        ))}
      </ol>
    </Panel>
  );
}

/** The newest of both, each once. */
function newestOf(live: readonly LogEntry[], trail: readonly LogEntry[]): LogEntry[] {
  const bySequence = new Map<number, LogEntry>();
  for (const entry of [...trail, ...live]) if (entry.of.kind === 'person') bySequence.set(entry.sequence, entry);
  return [...bySequence.values()].sort((a, b) => b.sequence - a.sequence).slice(0, shown);
}

function Entry({ entry: { at, by, did, of, answer } }: { entry: LogEntry }) {
  return (
    <li className={classes.entry}>
      <div className={classes.words}>
        <PersonLink person={of.id} name={of.name} />{' '}
        <span className={classes.did} data-refused={did.startsWith('tried to ') || undefined}>
          {did}
        </span>
      </div>
      <Text size="xs" c="dimmed" className={classes.about}>
        <Moment at={at} />
        {by !== 'connector' && <>, by {by}</>}
        {answer?.tookMs != null && <>, {durationText(answer.tookMs)}</>}
      </Text>
    </li>
  );
}
