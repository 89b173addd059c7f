/** The way of a change, from the directory to LastPass: what waits at each service, and whether that runs. */
import { Text } from '@mantine/core';
import type { StatusDocument } from '../../api/documents.ts';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { counted, numberText } from '../../text/count.ts';
import classes from './way.module.css';

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
          <Lag status={status} />
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
function Lag({ status: { onTheWay } }: { status: StatusDocument }) {
  const { people, since } = onTheWay;
  if (people === 0 || since === null) return 'No lag: every change that was read is there';
  return (
    <>
      Lag: changes of {counted(people, 'person', 'people')}, the oldest read <Moment at={since} />
    </>
  );
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
