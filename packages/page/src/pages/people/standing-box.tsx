/** How somebody stands, in a sentence, and what an administrator may do about it. */
import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import type { PersonStory, Standing } from '../../api/documents.ts';
import { asSentence } from '../../text/sentence.ts';
import classes from './standing-box.module.css';

/** Whether it is as it should be, is on its way, or wants somebody. */
const grades: Readonly<Record<Standing, 'good' | 'quiet' | 'moving' | 'wanted'>> = {
  synced: 'good',
  left: 'quiet',
  'not synced': 'quiet',
  outstanding: 'moving',
  'under way': 'moving',
  held: 'wanted',
  pending: 'wanted',
  rejected: 'quiet',
  'set aside': 'wanted',
  drift: 'wanted',
};

/** Where something can be done about it. */
const places: Readonly<Partial<Record<Standing, readonly [path: string, label: string]>>> = {
  held: ['/held', 'Decide it under Held'],
  pending: ['/pending', 'Decide it under Pending'],
  rejected: ['/pending', 'See who is rejected under Pending'],
  'set aside': ['/aside', 'Try again under Set aside'],
  drift: ['/drift', 'See it under Drift'],
};

export function StandingBox({ story: { name, standing, sentence, remedy } }: { story: PersonStory }) {
  const place = places[standing];
  return (
    <section className={classes.box} data-grade={grades[standing]} aria-label="How they stand">
      <Text size="xs" className={classes.standing}>
        {standing}
      </Text>
      <Text size="lg" fw={500} role="status">
        {asSentence(`${name} ${sentence}`)}
      </Text>
      {remedy !== null && (
        <Text c="dimmed" size="sm">
          {asSentence(remedy)}
        </Text>
      )}
      {place !== undefined && (
        <Anchor component={Link} href={place[0]} size="sm">
          {place[1]}
        </Anchor>
      )}
    </section>
  );
}
