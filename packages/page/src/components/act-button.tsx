/** A button that changes something: a viewer sees it, can't use it, and is told why. */
import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useMayChange, viewersReason } from '../api/session.ts';

export interface ActButtonProps extends ButtonProps {
  readonly onClick: () => void;
  readonly children: ReactNode;
}

export function ActButton({ children, onClick, ...props }: ActButtonProps) {
  const mayChange = useMayChange();
  if (mayChange)
    return (
      <Button {...props} onClick={onClick}>
        {children}
      </Button>
    );
  // Disabled for the eye and for whoever listens, and still reached with the keyboard, as it says why.
  return (
    <Tooltip label={viewersReason} multiline maw={260} events={{ hover: true, focus: true, touch: true }}>
      <Button {...props} data-disabled aria-disabled="true" onClick={(event) => event.preventDefault()}>
        {children}
      </Button>
    </Tooltip>
  );
}
