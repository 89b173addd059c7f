/** What was done about somebody last, with what LastPass answered. */
import { answerText, changeText } from '@connector/console/src/audit/change-text.ts';
import { Text } from '@mantine/core';
import type { Operation } from '../../api/documents.ts';
import { Moment } from '../../components/moment.tsx';
import classes from './operations.module.css';

export function Operations({ operations }: { operations: readonly Operation[] }) {
  if (operations.length === 0) return <Text c="dimmed">Nothing that the audit trail still has.</Text>;
  return (
    <ol className={classes.operations}>
      {operations.map((operation) => (
        <li key={operation.sequence} className={classes.operation}>
          <Text size="sm" c="dimmed" className={classes.when}>
            <Moment at={operation.at} />
          </Text>
          <div>
            <span className={classes.did} data-refused={operation.did.startsWith('tried to ') || undefined}>
              {operation.did}
            </span>{' '}
            {changeText(operation)}
            <Text size="sm" c="dimmed">
              {[
                `by ${operation.by}`,
                answerText(operation),
                operation.source === null ? '' : `for change ${operation.source}`,
              ]
                .filter((text) => text !== '')
                .join('; ')}
            </Text>
          </div>
        </li>
      ))}
    </ol>
  );
}
