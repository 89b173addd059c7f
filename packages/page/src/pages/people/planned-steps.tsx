/** What is to be done to somebody's account, and the last word about it. */
import { Stack, Text } from '@mantine/core';
import type { PersonStory } from '../../api/documents.ts';
import { Moment } from '../../components/moment.tsx';
import { StepsText } from '../../components/step-text.tsx';

export function PlannedSteps({ story: { steps, decision, again } }: { story: PersonStory }) {
  return (
    <Stack gap="xs">
      {steps.length === 0 ? <Text c="dimmed">Nothing.</Text> : <StepsText steps={steps} />}
      {decision !== null && (
        <Text size="sm">
          {decision.verdict} by {decision.by}, <Moment at={decision.at} />
        </Text>
      )}
      {again !== null && (
        <Text size="sm" c="dimmed">
          Looked at again <Moment at={again} />, as time alone changes something.
        </Text>
      )}
    </Stack>
  );
}
