/** The page as a whole: what all of it shares, around the shell. */
import '@mantine/core/styles.css';
import './page.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { setNonce } from 'get-nonce';
import { useEffect } from 'react';
import { followDeeds } from './api/attendance.ts';
import { followLiveFeed } from './api/live-feed.ts';
import { queryClient } from './api/query-client.ts';
import { Shell } from './shell/shell.tsx';
import { theme, variables } from './theme.ts';

/** What the console puts into each answer, for the styles that Mantine makes; without it the policy forbids them. */
const styleNonce = (): string => document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

setNonce(styleNonce()); // for what keeps the page from scrolling below a dialog

export function App() {
  useEffect(followLiveFeed, []);
  useEffect(followDeeds, []);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <QueryClientProvider client={queryClient}>
        <Shell />
      </QueryClientProvider>
    </MantineProvider>
  );
}
