/** Which policy counts: its number, who brought it into force, since when, and where the configuration says otherwise. */
import { Text } from '@mantine/core';
import type { PolicyDocument } from '../../api/documents.ts';
import { ActButton } from '../../components/act-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Moment } from '../../components/moment.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { ChangeList } from './change-list.tsx';
import classes from './policy.module.css';

export interface InForceProps {
  readonly policy: PolicyDocument;
  /** Lets the configuration count again, once somebody has seen what that would do. */
  readonly onReset: () => void;
}

export function InForce({ policy, onReset }: InForceProps) {
  const { number, from, by, at, settled, differs } = policy;
  if (number === null)
    return (
      <Notice grade="warning" title="No policy is in force yet, as no reconciler has started.">
        <Text size="sm">
          What the configuration says stands below; until a reconciler has started it is changed there.
        </Text>
      </Notice>
    );
  return (
    <Panel
      title={number === 0 ? 'In force' : `In force: policy ${number}`}
      aside={
        from === 'set' && (
          <ActButton variant="default" size="xs" onClick={onReset}>
            Let the configuration count again
          </ActButton>
        )
      }
    >
      <div className={classes.parts}>
        <Facts
          facts={[
            ['Comes from', from === 'set' ? `a change by ${by ?? 'somebody'}` : 'the configuration'],
            ['In force since', at === null ? 'unknown' : <Moment key="at" at={at} />],
            ['Settled', settled ? 'yes' : 'not yet: leavers are held until a complete read under it is planned'],
          ]}
        />
        {from === 'set' && differs.length === 0 && (
          <Text size="sm" c="dimmed">
            The configuration says the same.
          </Text>
        )}
        {differs.length > 0 && (
          <Notice grade="info" title="The configuration says otherwise, and does not count.">
            <Text size="sm">From what is configured to what counts:</Text>
            <ChangeList
              changes={differs.map(({ key, configured, inForce }) => ({ key, was: configured, is: inForce }))}
            />
          </Notice>
        )}
      </div>
    </Panel>
  );
}
