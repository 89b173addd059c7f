/** The heading of each part of the page: what it is, what it is for, and what can be done there. */
import { Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import classes from './page-header.module.css';

/** The first heading comes with the page; those after it with a step of the reader's, and are read out. */
let isFirst = true;

export interface PageHeaderProps {
  readonly title: string;
  /** One line or two below it. */
  readonly children?: ReactNode;
  /** Buttons, on the right. */
  readonly actions?: ReactNode;
}

/** Names the tab, and takes the focus when one comes from another part, so that a keyboard and a screen reader go on from there. */
export function PageHeader({ title, children, actions }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirst) heading.current?.focus();
    isFirst = false;
  }, []);
  useEffect(() => {
    document.title = `${title} · LastPass Directory Connector`;
  }, [title]);
  return (
    <header className={classes.header}>
      <div className={classes.words}>
        <Title order={1} ref={heading} tabIndex={-1} className={classes.title}>
          {title}
        </Title>
        {children !== undefined && (
          <Text c="dimmed" component="div" className={classes.lead}>
            {children}
          </Text>
        )}
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </header>
  );
}
