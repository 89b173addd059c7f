/** Something that one should know before anything else on the page: how it is, and what may be done about it. */
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';
import classes from './notice.module.css';

const icons = { good: 'good', info: 'info', warning: 'warning', bad: 'warning' } as const satisfies Record<
  string,
  IconName
>;

export interface NoticeProps {
  readonly grade: keyof typeof icons;
  /** A sentence. */
  readonly title: string;
  readonly children?: ReactNode;
}

/** Read out when it appears. */
export function Notice({ grade, title, children }: NoticeProps) {
  return (
    <div className={classes.notice} data-grade={grade}>
      <span className={classes.icon}>
        <Icon name={icons[grade]} size={20} />
      </span>
      <div className={classes.words}>
        <Text fw={600} role="status">
          {title}
        </Text>
        {children}
      </div>
    </div>
  );
}
