/** What went wrong, and what to do about it. */
import { Alert, Button, Text } from '@mantine/core';
import { ApiError, Unreachable } from '../api/request.ts';
import { asSentence } from '../text/sentence.ts';
import { Icon } from './icon.tsx';

export interface ErrorBoxProps {
  readonly error: Error;
  /** What wasn't done: `The list can’t be shown`. */
  readonly title: string;
  /** Tries it again; without it there is no button. */
  readonly onRetry?: () => void;
}

/** The remedy that the console's own words leave out. */
function remedyOf(error: Error): string | null {
  if (error instanceof Unreachable) return 'It is tried again by itself.';
  if (!(error instanceof ApiError)) return 'Reload the page. If it stays so, tell whoever looks after the connector.';
  if (error.code === 'CSRF') return 'Reload the page: your session is another one by now.';
  if (error.status === 403) return 'An administrator can do this.';
  if (error.status >= 500) return '“connector check” on the console’s machine tells more.';
  return null;
}

export function ErrorBox({ error, title, onRetry }: ErrorBoxProps) {
  const remedy = remedyOf(error);
  return (
    <Alert color="red" variant="light" icon={<Icon name="warning" />} title={title} role="alert">
      <Text size="sm">{asSentence(error.message)}</Text>
      {remedy !== null && <Text size="sm">{remedy}</Text>}
      {onRetry !== undefined && (
        <Button size="xs" variant="default" mt="xs" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
