/** Overview: is everything well, how many people are where, and what is done just now. */
import { Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { statusQuery } from '../../api/queries.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { Ends } from './ends.tsx';
import { Figures } from './figures.tsx';
import { FirstRun } from './first-run.tsx';
import { isFirstRun } from './health.ts';
import { HealthBox } from './health-box.tsx';
import { LastDayCharts } from './last-day-charts.tsx';
import { LiveList } from './live-list.tsx';
import classes from './overview.module.css';
import { Progress } from './progress.tsx';
import { Steering } from './steering.tsx';
import { Way } from './way.tsx';

export default function OverviewPage() {
  const { data: status } = useQuery(statusQuery);
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          status && (
            <div className={classes.steering}>
              <Steering status={status} />
            </div>
          )
        }
      >
        How Active Directory and LastPass stand to each other now.
      </PageHeader>
      {status === undefined && <Skeleton height={74} radius="md" animate={false} />}
      {status !== undefined && (
        <Stack gap="md">
          <HealthBox status={status} />
          {isFirstRun(status) && <FirstRun status={status} />}
          <Figures status={status} />
          <div className={classes.columns}>
            <Stack gap="md" miw={0}>
              <Progress status={status} />
              <Way status={status} />
              <LastDayCharts status={status} />
              <div className={classes.ends}>
                <Ends status={status} />
              </div>
            </Stack>
            <LiveList />
          </div>
        </Stack>
      )}
    </>
  );
}
