/** How far long work is: the share, the rate, and the time left. */
import { Progress as Bar, Group, Text } from '@mantine/core';
import { useRef } from 'react';
import type { StatusDocument } from '../../api/documents.ts';
import { Panel } from '../../components/panel.tsx';
import { numberText } from '../../text/count.ts';
import { durationText } from '../../text/duration.ts';
import { isAllKnown, isLong, type Work, workAfter } from './work.ts';

/** What is under way, followed from one status to the next. */
function useWork(status: StatusDocument): Work | null {
  const last = useRef<{ status: StatusDocument; work: Work | null }>(null);
  if (last.current?.status !== status) last.current = { status, work: workAfter(last.current?.work ?? null, status) };
  return last.current.work;
}

/** Nothing, unless there is work that takes its time. */
export function Progress({ status }: { status: StatusDocument }) {
  const work = useWork(status);
  if (work === null || !isLong(work, status)) return null;
  const share = work.most === 0 ? 0 : Math.floor(((work.most - work.left) / work.most) * 100);
  return (
    <Panel title={titles[work.stage]} aside={<Text fw={600}>{work.left === 0 ? '' : `${share} %`}</Text>}>
      <Bar
        value={work.left === 0 ? 100 : share}
        animated={work.left === 0}
        striped={work.left === 0}
        size="lg"
        aria-label={titles[work.stage]}
      />
      <Group justify="space-between" gap="xs" mt="xs">
        <Text size="sm" c="dimmed">
          {work.left === 0
            ? readingText(status)
            : `${numberText(work.most - work.left)} of ${numberText(work.most)} people done`}
        </Text>
        <Text size="sm" c="dimmed">
          {paceText(work, status)}
        </Text>
      </Group>
    </Panel>
  );
}

const titles = {
  reading: 'Reading the directories',
  planning: 'Planning what is to be done',
  delivering: 'Delivering to LastPass',
} as const;

function readingText({ directories }: StatusDocument): string {
  const entries = directories.reduce((sum, { logEntries }) => sum + logEntries, 0);
  const being = directories.filter(({ fullRead }) => fullRead !== 'none').map(({ id }) => id);
  return `${being.length > 0 ? `All of ${being.join(', ')} is read` : 'Changes are read'}; ${numberText(entries)} log entries to be applied`;
}

function paceText({ aMinute, timeLeftMs, left }: Work, status: StatusDocument): string {
  if (left === 0 || status.delivering === null) return '';
  if (timeLeftMs === null) return 'time left unknown yet';
  const pace = aMinute === null ? '' : `${numberText(aMinute)} people a minute, `;
  return `${pace}${isAllKnown(status) ? 'about' : 'at least'} ${durationText(timeLeftMs)} left`;
}
