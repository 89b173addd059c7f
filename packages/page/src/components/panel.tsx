/** A surface with a heading: what belongs together stands on one. */
import { Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './panel.module.css';

export interface PanelProps {
  readonly title: string;
  readonly children: ReactNode;
  /** On the right of the heading. */
  readonly aside?: ReactNode;
}

export function Panel({ title, children, aside }: PanelProps) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={id}>
      <div className={classes.head}>
        <Title order={2} id={id}>
          {title}
        </Title>
        {aside}
      </div>
      {children}
    </section>
  );
}
