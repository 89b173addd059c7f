/** How many people's changes reached LastPass in the last day, and how soon. */
import { SimpleGrid, Text } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { LastDayDocument, StatusDocument } from '../../api/documents.ts';
import { get } from '../../api/request.ts';
import { DayBars } from '../../components/day-bars.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Panel } from '../../components/panel.tsx';
import { counted } from '../../text/count.ts';
import { durationText } from '../../text/duration.ts';
import { type Slot, slotsOf } from './slots.ts';

const everyMs = 30_000;

const dayQuery = queryOptions({
  queryKey: ['last day'],
  queryFn: ({ signal }) => get<LastDayDocument>('/last-day', { signal }),
  refetchInterval: everyMs,
});

export function LastDayCharts({ status: { latency } }: { status: StatusDocument }) {
  const { data: day, error } = useQuery(dayQuery);
  if (error !== null && day === undefined) return <ErrorBox error={error} title="The last day can’t be shown" />;
  if (day === undefined) return null;
  const slots = slotsOf(day);
  const reached = `Changes of ${counted(latency.day.people, 'person', 'people')} reached LastPass in the last day.`;
  return (
    <SimpleGrid cols={{ base: 1, xl: 2 }} spacing="md">
      <Panel title="Changes that reached LastPass">
        <DayBars
          summary={reached}
          bars={slots.map(({ fromMs, people }) => ({ fromMs, value: people }))}
          titleOf={({ fromMs, value }) => `from ${clock.format(fromMs)}: ${counted(value, 'person', 'people')}`}
        />
        <Text size="sm" c="dimmed" mt="xs">
          {reached}
        </Text>
      </Panel>
      <Panel title="How soon, in milliseconds">
        <DayBars
          summary={soonText(latency.day)}
          bars={slots.map(({ fromMs, p50Ms, p95Ms }) => ({ fromMs, value: p95Ms, part: p50Ms }))}
          titleOf={({ fromMs, value, part = 0 }) =>
            `from ${clock.format(fromMs)}: ${soonText({ people: value, p50Ms: part, p95Ms: value })}`
          }
        />
        <Text size="sm" c="dimmed" mt="xs">
          {soonText(latency.day)}
        </Text>
      </Panel>
    </SimpleGrid>
  );
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** In the words of `connector status`. */
function soonText({ people, p50Ms, p95Ms }: StatusDocument['latency']['day'] | Slot): string {
  if (people === 0 || p50Ms === null || p95Ms === null) return 'No change reached it.';
  return `Changes are there within ${durationText(p50Ms)} (half of them) or ${durationText(p95Ms)} (95 %).`;
}
