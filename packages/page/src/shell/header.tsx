/** The bar at the top: which connector this is, whether it can be reached, who is signed in. */
import { ActionIcon, Text } from '@mantine/core';
import { Link } from 'wouter';
import { Icon } from '../components/icon.tsx';
import { AccountMenu } from './account-menu.tsx';
import { ColourSchemeMenu } from './colour-scheme-menu.tsx';
import { ConnectionState } from './connection-state.tsx';
import classes from './header.module.css';

/** @param onMenu opens the navigation, on phones */
export function Header({ onMenu }: { onMenu: () => void }) {
  return (
    <div className={classes.header}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        hiddenFrom="sm"
        aria-label="Open the navigation"
        onClick={onMenu}
      >
        <Icon name="menu" size={20} />
      </ActionIcon>
      <Link href="/" className={classes.brand} aria-label="LastPass Directory Connector: overview">
        <img src="/icon.svg" alt="" width="26" height="26" />
        <Text fw={600} span visibleFrom="xs">
          Directory Connector
        </Text>
      </Link>
      <div className={classes.right}>
        <ConnectionState />
        <ColourSchemeMenu />
        <AccountMenu />
      </div>
    </div>
  );
}
