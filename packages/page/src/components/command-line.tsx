/** Something to be typed elsewhere, with a button that copies it. */
import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import classes from './command-line.module.css';

export function CommandLine({ command }: { command: string }) {
  const { copied, error, copy } = useClipboard();
  return (
    <div className={classes.line}>
      <code>{command}</code>
      <Button size="compact-sm" variant="subtle" onClick={() => copy(command)} aria-live="polite">
        {error !== null ? 'Mark and copy it' : copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}
