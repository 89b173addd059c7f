/** Proving that the audit trail is whole. */
import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { auditVerifyQuery } from '../../api/queries.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import classes from './audit.module.css';
import { verdictOf } from './verdict.ts';

export function VerifyTrail() {
  const { data, error, isFetching, refetch } = useQuery(auditVerifyQuery);
  return (
    <Panel title="Is it whole">
      <div className={classes.parts}>
        <Text c="dimmed">
          Each entry is bound to the one before it by SHA-256. All of them are gone through, and the first that is
          missing, was changed or was put in is told.
        </Text>
        {error !== null && !isFetching && <ErrorBox error={error} title="It can’t be verified" />}
        {data !== undefined && !isFetching && <VerdictNotice document={data} />}
        <div>
          <Button variant="default" loading={isFetching} onClick={() => void refetch()}>
            {data === undefined ? 'Verify' : 'Verify again'}
          </Button>
        </div>
      </div>
    </Panel>
  );
}

function VerdictNotice({ document }: { document: Parameters<typeof verdictOf>[0] }) {
  const { grade, title, lines, command } = verdictOf(document);
  return (
    <Notice grade={grade === 'nothing' ? 'info' : grade} title={title}>
      {lines.map((line) => (
        <Text size="sm" key={line}>
          {line}
        </Text>
      ))}
      {command !== null && <CommandLine command={command} />}
    </Notice>
  );
}
