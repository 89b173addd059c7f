/** The queue dashboard: a page of its own, which for a while shows people to an administrator who asks for it. */
import { Anchor, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { RevealDocument } from '../../api/documents.ts';
import { send } from '../../api/request.ts';
import { ActButton } from '../../components/act-button.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Icon } from '../../components/icon.tsx';
import { Panel } from '../../components/panel.tsx';
import classes from './diagnostics.module.css';

export function QueuesPanel() {
  const reveal = useMutation({
    mutationFn: () => send<RevealDocument>('/queues/reveal'),
    onSuccess: ({ at }) => location.assign(at),
  });
  return (
    <Panel title="Queues">
      <div className={classes.parts}>
        <Text c="dimmed">
          What rings between the services. A job is a bell and never the truth: looking at them does no harm, and what
          is outstanding stands in Redis. They are shown without people.
        </Text>
        <div>
          <Anchor href="/queues/" className={classes.link}>
            Open the queues <Icon name="elsewhere" size={14} />
          </Anchor>
        </div>
        <Text c="dimmed">
          An administrator may see whom each job is about, by person key, and why one failed: for a quarter of an hour,
          in this session alone. The audit trail tells who has asked, and when.
        </Text>
        {reveal.error !== null && <ErrorBox error={reveal.error} title="They aren’t shown" />}
        <div>
          <ActButton variant="default" loading={reveal.isPending} onClick={() => reveal.mutate()}>
            Show people in them
          </ActButton>
        </div>
      </div>
    </Panel>
  );
}
