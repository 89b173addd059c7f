/** Says that what is shown isn't how it is now, and why: nobody should decide by it. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { statusQuery } from '../api/queries.ts';
import { Icon } from '../components/icon.tsx';
import { Moment } from '../components/moment.tsx';
import { asSentence } from '../text/sentence.ts';
import classes from './stale-banner.module.css';

export function StaleBanner() {
  const { error, data } = useQuery(statusQuery);
  if (error === null) return null;
  return (
    <div className={classes.banner}>
      <Icon name="offline" />
      <Text size="sm" role="alert">
        {asSentence(error.message)} It is tried again by itself.
      </Text>
      {data !== undefined && (
        <Text size="sm">
          What you see was so <Moment at={data.at} />.
        </Text>
      )}
    </div>
  );
}
