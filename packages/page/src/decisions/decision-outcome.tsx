/** What became of a decision: for how many it was done, and for whom it wasn't. */
import { Alert, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Icon } from '../components/icon.tsx';
import { PersonLink } from '../components/person-link.tsx';
import { counted, numberText } from '../text/count.ts';
import classes from './decision-outcome.module.css';
import type { Outcome } from './outcome.ts';

/** So many are told by name. */
const mostNames = 20;

/** It takes the focus: the button that led here is gone, with those who were chosen. */
export function DecisionOutcome({ outcome: { done, notDone }, onClose }: { outcome: Outcome; onClose: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const isWhole = notDone.length === 0;
  return (
    <Alert
      ref={box}
      tabIndex={-1}
      role="status"
      className={classes.box ?? ''}
      color={isWhole ? 'green' : 'orange'}
      variant="light"
      icon={<Icon name={isWhole ? 'good' : 'warning'} />}
      title={done}
      withCloseButton
      closeButtonLabel="Close this message"
      onClose={onClose}
    >
      {!isWhole && (
        <>
          <Text size="sm">For {counted(notDone.length, 'other', 'others')} it wasn’t done:</Text>
          <ul className={classes.list}>
            {notDone.slice(0, mostNames).map(({ person, name, why }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two people may have one name, and the list doesn't move
              <li key={index}>
                {person === null ? <b>{name}</b> : <PersonLink person={person} name={name} />} {why}.
              </li>
            ))}
            {notDone.length > mostNames && <li>and {numberText(notDone.length - mostNames)} more</li>}
          </ul>
        </>
      )}
    </Alert>
  );
}
