/** What reached LastPass in the last day, and how soon. */
import { SimpleGrid, Text } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { LastDayDocument, StatusDocument } from '../../api/documents.ts';
import { get } from '../../api/request.ts';
import { ErrorBox } from '../../components/error-box.tsx';
import { type HourBar, HourBars } from '../../components/hour-bars.tsx';
import { Panel } from '../../components/panel.tsx';
import { counted } from '../../text/count.ts';
import { durationText } from '../../text/duration.ts';
import { type Hour, hoursOf } from './last-day.ts';

const everyMs = 30_000;

const lastDayQuery = queryOptions({
  queryKey: ['last day'],
  queryFn: ({ signal }) => get<LastDayDocument>('/last-day', { signal }),
  refetchInterval: everyMs,
});

type Latency = StatusDocument['latency'];

export function LastDayCharts({ latency }: { latency: Latency }) {
  const { data: day, error } = useQuery(lastDayQuery);
  if (error !== null && day === undefined) return <ErrorBox error={error} title="The last day can’t be shown" />;
  if (day === undefined) return null;
  const hours = hoursOf(day);
  return (
    <SimpleGrid cols={{ base: 1, xl: 2 }} spacing="md">
      <Panel title="What reached LastPass">
        <HourBars summary={peopleText(latency)} bars={hours.map(peopleBar)} titleOf={peopleTitle} />
        <Text size="sm" c="dimmed" mt="xs">
          {peopleText(latency)}
        </Text>
      </Panel>
      <Panel title="How soon it was there">
        <HourBars summary={soonText(latency)} bars={hours.map(soonBar)} titleOf={soonTitle} />
        <Text size="sm" c="dimmed" mt="xs">
          {soonText(latency)}
        </Text>
      </Panel>
    </SimpleGrid>
  );
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const hourText = (fromMs: number): string => `from ${clock.format(fromMs)}`;

const peopleBar = ({ fromMs, people }: Hour): HourBar => ({ fromMs, value: people });
const peopleTitle = ({ fromMs, value }: HourBar): string =>
  `${hourText(fromMs)}: changes of ${counted(value, 'person', 'people')}`;
const peopleText = ({ day }: Latency): string =>
  `In the last day, the changes of ${counted(day.people, 'person', 'people')}, besides what full reads found and people decided.`;

const soonBar = ({ fromMs, p95Ms }: Hour): HourBar => ({ fromMs, value: p95Ms ?? 0 });
const soonTitle = ({ fromMs, value }: HourBar): string =>
  `${hourText(fromMs)}: ${value === 0 ? 'nothing' : `95 % within ${durationText(value)}, in its slowest five minutes`}`;

/** How soon it was in the last hour, else in the last day. */
function soonText({ hour, day }: Latency): string {
  const [which, { p50Ms, p95Ms }] = hour.people > 0 ? ['last hour', hour] : ['last day', day];
  return p50Ms === null || p95Ms === null
    ? 'Nothing was measured in the last day.'
    : `Half within ${durationText(p50Ms)}, 95 % within ${durationText(p95Ms)}, in the ${which}. By the hour: 95 %, in ms.`;
}
