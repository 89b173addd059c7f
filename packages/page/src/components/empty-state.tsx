/** What stands where there is nothing to show: that this is so, why, and what one may do. */
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './empty-state.module.css';
import { Icon, type IconName } from './icon.tsx';

export interface EmptyStateProps {
  readonly icon: IconName;
  /** A sentence: `Nobody is held.` */
  readonly title: string;
  /** When something would be here, or what to do. */
  readonly children?: ReactNode;
}

export function EmptyState({ icon, title, children }: EmptyStateProps) {
  return (
    <div className={classes.empty}>
      <span className={classes.icon}>
        <Icon name={icon} size={26} />
      </span>
      <Text fw={600} size="lg">
        {title}
      </Text>
      {children !== undefined && (
        <Text c="dimmed" component="div" className={classes.more}>
          {children}
        </Text>
      )}
    </div>
  );
}
