/** Asks before something is done to people: what, to how many, and to whom. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { counted, numberText } from '../text/count.ts';
import classes from './confirm-dialog.module.css';
import { ErrorBox } from './error-box.tsx';

export interface ConfirmDialogProps {
  readonly opened: boolean;
  /** As a question: `Release 3 people?` */
  readonly title: string;
  /** What then happens. */
  readonly children?: ReactNode;
  /** Names of those whom it is about, as far as they are known. */
  readonly names: readonly string[];
  /** How many it is about; more than `names` where not all of these are known. */
  readonly count: number;
  /** What they are; people unless given. */
  readonly what?: { readonly one: string; readonly many: string };
  /** What the button says: `Release 3 people`. */
  readonly verb: string;
  /** It takes something from somebody: the button is red. */
  readonly dangerous?: boolean;
  /** It is being done. */
  readonly busy?: boolean;
  /** Why it wasn't. */
  readonly error?: Error | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** The focus begins on Cancel, stays inside, and goes back to where it came from; Escape is Cancel. */
export function ConfirmDialog({
  opened,
  title,
  children,
  names,
  count,
  what = { one: 'person', many: 'people' },
  verb,
  dangerous = false,
  busy = false,
  error = null,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
  const listId = useId();
  // Where the focus came from is noted when it opens, and not of one that is there open from the beginning.
  const [isThere, setIsThere] = useState(false);
  useEffect(() => setIsThere(true), []);
  const others = count - names.length;
  const close = () => {
    if (!busy) onClose();
  };
  return (
    <Modal
      opened={opened && isThere}
      onClose={close}
      title={title}
      centered
      size="md"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="md">
        {children !== undefined && <Text component="div">{children}</Text>}
        {count > 0 && (
          <div>
            <Text fw={600} id={listId}>
              {counted(count, what.one, what.many)}
            </Text>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reached with the keyboard */}
            <ul className={classes.names} aria-labelledby={listId} tabIndex={0}>
              {names.map((name, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two people may have one name, and the list doesn't move
                <li key={index}>{name}</li>
              ))}
              {others > 0 && <li className={classes.others}>and {numberText(others)} more</li>}
            </ul>
          </div>
        )}
        {error !== null && <ErrorBox error={error} title="It wasn’t done" />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close} disabled={busy} data-autofocus>
            Cancel
          </Button>
          <Button onClick={onConfirm} loading={busy} {...(dangerous ? { color: 'red' } : {})}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
