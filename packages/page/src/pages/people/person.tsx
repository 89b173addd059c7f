/** Somebody's story: how they stand, and everything that decides it, from the group to the account. */
import { Anchor, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'wouter';
import type { PersonStory } from '../../api/documents.ts';
import { storyQuery } from '../../api/queries.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Icon } from '../../components/icon.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Panel } from '../../components/panel.tsx';
import { AccountFacts, DirectoryFacts } from './both-sides.tsx';
import { Operations } from './operations.tsx';
import classes from './person.module.css';
import { PlannedSteps } from './planned-steps.tsx';
import { StandingBox } from './standing-box.tsx';
import { GroupWays, ScopeWay } from './ways.tsx';

export default function PersonPage() {
  const { '*': path = '' } = useParams<{ '*': string }>();
  const person = decodeURIComponent(path);
  const { data, error, refetch } = useQuery(storyQuery(person));
  const story = data?.people[0];
  const isUnknown = story === undefined && data !== undefined;
  return (
    <>
      <Anchor component={Link} href="/people" size="sm" className={classes.back}>
        <Icon name="back" size={14} /> People
      </Anchor>
      <PageHeader title={story?.name ?? (isUnknown ? 'Nobody is known by this key' : 'Somebody')}>
        {story && (story.username ?? 'no user name: their mail makes none')}
      </PageHeader>
      {story !== undefined && <Story story={story} />}
      {isUnknown && (
        <EmptyState icon="person" title="No directory knows anybody of this key.">
          They may not be read yet, or were forgotten since: whoever is deleted is remembered for a while only.
        </EmptyState>
      )}
      {data === undefined && error !== null && (
        <ErrorBox error={error} title="Their story can’t be told" onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton height={220} radius="md" animate={false} />}
    </>
  );
}

function Story({ story }: { story: PersonStory }) {
  return (
    <Stack gap="md">
      <StandingBox story={story} />
      {(story.steps.length > 0 || story.decision !== null || story.again !== null) && (
        <Panel title="What is to be done">
          <PlannedSteps story={story} />
        </Panel>
      )}
      <div className={classes.ways}>
        <Panel title="Scope">
          <ScopeWay story={story} />
        </Panel>
        <Panel title="From group to account">
          <GroupWays story={story} />
        </Panel>
      </div>
      <div className={classes.sides}>
        <Panel title="Active Directory">
          <DirectoryFacts story={story} />
        </Panel>
        <Panel title="LastPass">
          <AccountFacts story={story} />
        </Panel>
      </div>
      <Panel
        title="What was done last"
        aside={
          <Text size="sm" c="dimmed">
            newest first
          </Text>
        }
      >
        <Operations operations={story.operations} />
      </Panel>
    </Stack>
  );
}
