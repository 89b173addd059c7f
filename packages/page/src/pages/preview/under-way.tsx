/** A preview that is being made: how far it is, and giving it up. */
import { Group, Loader, Text } from '@mantine/core';
import type { PreviewDocument } from '../../api/documents.ts';
import { ActButton } from '../../components/act-button.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { asSentence } from '../../text/sentence.ts';

export interface UnderWayProps {
  /** `undefined` until the console has told anything. */
  readonly latest: PreviewDocument | undefined;
  readonly isGivingUp: boolean;
  readonly onGiveUp: () => void;
}

export function UnderWay({ latest, isGivingUp, onGiveUp }: UnderWayProps) {
  const { by = null, begunAt = null, progress = null } = latest?.state === 'under way' ? latest : {};
  return (
    <Panel title="A preview is being made">
      <Group gap="sm" mb="xs">
        <Loader size={16} aria-hidden="true" />
        <Text role="status">{asSentence(progress ?? 'beginning')}</Text>
      </Group>
      {begunAt !== null && (
        <Text size="sm" c="dimmed" mb="md">
          Begun <Moment at={begunAt} />
          {by !== null && ` by ${by}`}. You may leave this page meanwhile: it goes on.
        </Text>
      )}
      <ActButton variant="default" loading={isGivingUp} onClick={onGiveUp}>
        Give up
      </ActButton>
    </Panel>
  );
}
