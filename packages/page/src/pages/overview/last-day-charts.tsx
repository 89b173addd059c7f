/** What was done at LastPass in the last day, and how soon it answered; for administrators, who may read the audit trail. */
import { SimpleGrid, Text } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { AuditDocument, LogEntry } from '../../api/documents.ts';
import { get } from '../../api/request.ts';
import { ErrorBox } from '../../components/error-box.tsx';
import { type HourBar, HourBars } from '../../components/hour-bars.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { counted, numberText } from '../../text/count.ts';
import { durationText } from '../../text/duration.ts';
import { dayBeganMs, type Hour, hoursOf } from './last-day.ts';

/** The most that the console tells at once. */
const pageSize = 1_000;
/** So many entries are enough for a picture: after a first run a day may have a hundred thousand. */
const mostPages = 3;
const everyMs = 60_000;

interface Day {
  readonly entries: readonly LogEntry[];
  readonly nowMs: number;
  /** The oldest one that was read, where the day has more: its moment. */
  readonly since: string | null;
}

async function readDay(signal: AbortSignal): Promise<Day> {
  const nowMs = Date.now();
  const entries: LogEntry[] = [];
  for (let pages = 0; pages < mostPages; pages++) {
    const query = { offset: entries.length, limit: pageSize };
    const { audit, page } = await get<AuditDocument>('/audit', { query, signal });
    entries.push(...audit);
    const oldest = audit.at(-1);
    if (oldest === undefined || entries.length >= page.total || Date.parse(oldest.at) < dayBeganMs(nowMs))
      return { entries, nowMs, since: null };
  }
  return { entries, nowMs, since: entries.at(-1)?.at ?? null };
}

const dayQuery = queryOptions({
  queryKey: ['last day'],
  queryFn: ({ signal }) => readDay(signal),
  refetchInterval: everyMs,
});

export function LastDayCharts() {
  const { data: day, error } = useQuery(dayQuery);
  if (error !== null && day === undefined) return <ErrorBox error={error} title="The last day can’t be shown" />;
  if (day === undefined) return null;
  const hours = hoursOf(day.entries, day.nowMs);
  return (
    <SimpleGrid cols={{ base: 1, xl: 2 }} spacing="md">
      <Panel title="Done at LastPass in the last day">
        <HourBars summary={doneText(hours)} bars={hours.map(doneBar)} titleOf={doneTitle} />
        <Text size="sm" c="dimmed" mt="xs">
          {doneText(hours)}{' '}
          {day.since !== null && (
            <>
              Only the newest {numberText(day.entries.length)} entries are counted, since <Moment at={day.since} />.
            </>
          )}
        </Text>
      </Panel>
      <Panel title="How soon LastPass answered">
        <HourBars
          summary={answerText(hours)}
          bars={hours.map(({ fromMs, answerMs }) => ({ fromMs, value: answerMs ?? 0 }))}
          titleOf={({ fromMs, value }) =>
            `${hourText(fromMs)}: ${value === 0 ? 'no answer measured' : durationText(value)}`
          }
        />
        <Text size="sm" c="dimmed" mt="xs">
          {answerText(hours)}
        </Text>
      </Panel>
    </SimpleGrid>
  );
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const hourText = (fromMs: number): string => `from ${clock.format(fromMs)}`;

const doneBar = ({ fromMs, done, refused }: Hour): HourBar => ({ fromMs, value: done + refused, bad: refused });

const doneTitle = ({ fromMs, value, bad = 0 }: HourBar): string =>
  `${hourText(fromMs)}: ${counted(value - bad, 'step', 'steps')} done${bad > 0 ? `, ${numberText(bad)} refused` : ''}`;

function doneText(hours: readonly Hour[]): string {
  const done = hours.reduce((sum, hour) => sum + hour.done, 0);
  const refused = hours.reduce((sum, hour) => sum + hour.refused, 0);
  return `${counted(done, 'step', 'steps')} done${refused > 0 ? `, ${numberText(refused)} refused` : ''}.`;
}

function answerText(hours: readonly Hour[]): string {
  const times = hours.flatMap(({ answerMs }) => answerMs ?? []);
  if (times.length === 0) return 'It wasn’t asked to change anything.';
  const [least, most] = [durationText(Math.min(...times)), durationText(Math.max(...times))];
  return `The middle answer of an hour took ${least === most ? least : `${least} to ${most}`}.`;
}
