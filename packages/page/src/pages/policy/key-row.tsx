/** A key of the policy: what it is called and means, what it is, and, where somebody is about to change it, what it was. */
import { Button, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { KeyInfo } from './keys.ts';
import classes from './policy.module.css';

export interface KeyRowProps {
  readonly info: KeyInfo;
  /** Of its control; `null` where there is none that a label can name. */
  readonly controlId: string | null;
  readonly children: ReactNode;
  /** What is in force, in words, where it is about to be changed. */
  readonly was: string | null;
  readonly onUndo: () => void;
  /** Why it can't be meant. */
  readonly problem: string | null;
}

export function KeyRow({ info: { key, label, meaning }, controlId, children, was, onUndo, problem }: KeyRowProps) {
  return (
    <div className={classes.row} data-edited={was !== null || undefined}>
      <div>
        {controlId === null ? (
          <span className={classes.label}>{label}</span>
        ) : (
          <label htmlFor={controlId} className={classes.label}>
            {label}
          </label>
        )}{' '}
        <code className={classes.key}>{key}</code>
        <Text size="sm" c="dimmed">
          {meaning}
        </Text>
      </div>
      <div className={classes.control}>
        {children}
        {problem !== null && (
          <Text size="sm" c="var(--page-bad)" role="alert">
            {problem}
          </Text>
        )}
        {was !== null && (
          <div className={classes.was}>
            <Text size="sm" c="dimmed">
              In force: {was}
            </Text>
            <Button size="compact-xs" variant="subtle" aria-label={`Leave it: ${key}`} onClick={onUndo}>
              Leave it
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}
