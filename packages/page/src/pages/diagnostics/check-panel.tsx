/** Looking at every end by itself, and what to do where one isn't as it should be. */
import { Text } from '@mantine/core';
import { useCheck } from '../../api/check.ts';
import type { CheckDocument } from '../../api/documents.ts';
import { ActButton } from '../../components/act-button.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Findings } from '../../components/findings.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import classes from './diagnostics.module.css';
import { byGrade, findingsText } from './found.ts';

export function CheckPanel() {
  const { found, foundAtMs, isLooking, error, look } = useCheck();
  return (
    <Panel
      title="Check"
      aside={
        found !== undefined && (
          <Text size="sm" c="dimmed">
            looked <Moment at={new Date(foundAtMs).toISOString()} />
          </Text>
        )
      }
    >
      <div className={classes.parts}>
        <Text c="dimmed">
          Looks at Redis, each directory and the rights of the account that reads it, LastPass, and the services, each
          by itself. Nothing is written.
        </Text>
        {error !== null && !isLooking && <ErrorBox error={error} title="The check failed" />}
        {found !== undefined && <Found document={found} />}
        <div>
          <ActButton loading={isLooking} variant={found === undefined ? 'filled' : 'default'} onClick={look}>
            {found === undefined ? 'Check' : 'Check again'}
          </ActButton>
        </div>
      </div>
    </Panel>
  );
}

const Found = ({ document: { findings } }: { document: CheckDocument }) => (
  <>
    <Text fw={600} role="status">
      {findingsText(findings)}
    </Text>
    <Findings findings={byGrade(findings)} />
  </>
);
