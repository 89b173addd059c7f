/** What stays while one goes from part to part: navigation, header, and the frame for what is shown. */
import { AppShell, Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { Deferred } from '../deferred-page.tsx';
import { NowherePage, PersonPage, regions } from '../routes.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { Header } from './header.tsx';
import { Navigation } from './navigation.tsx';
import classes from './shell.module.css';
import { StaleBanner } from './stale-banner.tsx';

export function Shell() {
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <a className={classes.skip} href="#main">
        Skip to the content
      </a>
      <AppShell
        header={{ height: 56 }}
        navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: true } }}
        padding={0}
        transitionDuration={0}
      >
        <AppShell.Header className={classes.header}>
          <Header onMenu={open} />
        </AppShell.Header>
        <AppShell.Navbar className={classes.navigation} visibleFrom="sm">
          <Navigation />
        </AppShell.Navbar>
        <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
          <StaleBanner />
          <Parts />
        </AppShell.Main>
      </AppShell>
      {/* On phones the navigation is a drawer: there and nowhere else is the focus kept in it. */}
      <Drawer
        opened={isOpen}
        onClose={close}
        size={272}
        title="LastPass Directory Connector"
        closeButtonProps={{ 'aria-label': 'Close the navigation' }}
        hiddenFrom="sm"
      >
        <Navigation onGo={close} />
      </Drawer>
    </>
  );
}

/** The part that the address names. One that fails leaves the shell standing, and ends with the next step elsewhere. */
function Parts() {
  const [path] = useLocation();
  return (
    <div className={classes.part}>
      <ErrorBoundary key={path}>
        <Suspense fallback={null}>
          <Switch>
            {regions
              .flatMap(({ places }) => places)
              .map(({ path: each, page }) => (
                <Route key={each} path={each}>
                  <Deferred page={page} />
                </Route>
              ))}
            <Route path="/people/*">
              <Deferred page={PersonPage} />
            </Route>
            <Route>
              <Deferred page={NowherePage} />
            </Route>
          </Switch>
        </Suspense>
      </ErrorBoundary>
    </div>
  );
}
