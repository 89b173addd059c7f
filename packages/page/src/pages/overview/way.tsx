/** The way of a change, from the directory to LastPass: what waits at each service, and whether that runs. */
import { Text } from '@mantine/core';
import type { StatusDocument } from '../../api/documents.ts';
import { Panel } from '../../components/panel.tsx';
import { counted, numberText } from '../../text/count.ts';
import { agoText, durationText } from '../../text/duration.ts';
import classes from './way.module.css';
import { outstanding } from './work.ts';

interface Stop {
  readonly label: string;
  readonly waiting: number;
  readonly unit: string;
  readonly service: string;
  readonly note?: string;
}

export function Way({ status }: { status: StatusDocument }) {
  const { people, directories } = status;
  const entries = directories.reduce((sum, { logEntries }) => sum + logEntries, 0);
  const stops: readonly Stop[] = [
    { label: 'Read', waiting: entries, unit: 'log entries to apply', service: 'watcher' },
    { label: 'Plan', waiting: people.toPlan, unit: 'people to plan', service: 'reconciler' },
    { label: 'Judge', waiting: people.toJudge, unit: 'people for the guard', service: 'reconciler' },
    {
      label: 'Deliver',
      waiting: people.toDeliver,
      unit: 'people to deliver',
      service: 'pusher',
      ...(people.postponed > 0 ? { note: `${numberText(people.postponed)} tried again later` } : {}),
    },
  ];
  return (
    <Panel
      title="The way of a change"
      aside={
        <Text size="sm" c="dimmed">
          {lagText(status)}
        </Text>
      }
    >
      <ol className={classes.way}>
        {stops.map(({ label, waiting, unit, service, note }) => (
          <li key={label} className={classes.stop} data-waiting={waiting > 0 || undefined}>
            <span className={classes.label}>{label}</span>
            <span className={classes.waiting}>{numberText(waiting)}</span>
            <Text size="xs" c="dimmed">
              {unit}
              {note === undefined ? '' : `; ${note}`}
            </Text>
            <ServiceState status={status} service={service} />
          </li>
        ))}
      </ol>
    </Panel>
  );
}

/** How far LastPass is behind what was read. */
function lagText(status: StatusDocument): string {
  const people = outstanding(status);
  const entries = status.directories.reduce((sum, { logEntries }) => sum + logEntries, 0);
  if (people + entries === 0) return 'No lag: what was read is done';
  const timeLeftMs = status.delivering?.timeLeftMs ?? null;
  const lag = people > 0 ? counted(people, 'person', 'people') : counted(entries, 'log entry', 'log entries');
  const { since } = status.onTheWay;
  if (since !== null) return `Lag: ${lag}, the oldest change read ${agoText(Date.parse(since), Date.parse(status.at))}`;
  return `Lag: ${lag}${timeLeftMs === null ? '' : `, about ${durationText(timeLeftMs)}`}`;
}

function ServiceState({ status, service }: { status: StatusDocument; service: string }) {
  const instances = status.services.find((each) => each.service === service)?.instances ?? [];
  const ready = instances.filter((instance) => instance.ready).length;
  const state = instances.length === 0 ? 'isn’t running' : ready === 0 ? 'isn’t ready' : 'is ready';
  return (
    <Text size="xs" className={classes.service} data-ready={ready > 0 || undefined}>
      {instances.length > 1
        ? `${counted(ready, service, `${service}s`)} of ${instances.length} ready`
        : `${service} ${state}`}
    </Text>
  );
}
