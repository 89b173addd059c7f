/** The page's parts: where each is, what it is called, and who may see it. Each is loaded when it is opened first. */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { StatusDocument } from './api/documents.ts';
import type { IconName } from './components/icon.tsx';

/** One part of the page, as the navigation shows it. */
export interface Place {
  readonly path: string;
  readonly label: string;
  readonly icon: IconName;
  readonly page: LazyExoticComponent<ComponentType>;
  /** How many wait there, shown beside the label; 0 shows nothing. */
  readonly count?: (status: StatusDocument) => number;
  /** For administrators alone: a viewer is answered 403. */
  readonly administratorsOnly?: true;
}

/** Places that belong together. */
export interface Region {
  /** `null`: it needs no heading. */
  readonly heading: string | null;
  readonly places: readonly Place[];
}

export const regions: readonly Region[] = [
  {
    heading: null,
    places: [
      { path: '/', label: 'Overview', icon: 'overview', page: lazy(() => import('./pages/overview/overview.tsx')) },
      { path: '/preview', label: 'Preview', icon: 'preview', page: lazy(() => import('./pages/preview/preview.tsx')) },
      { path: '/people', label: 'People', icon: 'people', page: lazy(() => import('./pages/people/people.tsx')) },
    ],
  },
  {
    heading: 'Waits for a word',
    places: [
      {
        path: '/pending',
        label: 'Pending',
        icon: 'pending',
        page: lazy(() => import('./pages/pending/pending.tsx')),
        count: ({ people }) => people.pending,
      },
      {
        path: '/held',
        label: 'Held',
        icon: 'held',
        page: lazy(() => import('./pages/held/held.tsx')),
        count: ({ people }) => people.held + people.heldGroups,
      },
      {
        path: '/aside',
        label: 'Set aside',
        icon: 'aside',
        page: lazy(() => import('./pages/aside.tsx')),
        count: ({ setAside }) => setAside.length,
      },
      {
        path: '/drift',
        label: 'Drift',
        icon: 'drift',
        page: lazy(() => import('./pages/drift/drift.tsx')),
        count: ({ deletedByHand }) => deletedByHand.length,
      },
      { path: '/undo', label: 'Undo', icon: 'undo', page: lazy(() => import('./pages/undo.tsx')) },
    ],
  },
  {
    heading: 'The connector',
    places: [
      { path: '/policy', label: 'Policy', icon: 'policy', page: lazy(() => import('./pages/policy/policy.tsx')) },
      {
        path: '/audit',
        label: 'Audit trail',
        icon: 'audit',
        page: lazy(() => import('./pages/audit/audit.tsx')),
        administratorsOnly: true,
      },
      {
        path: '/diagnostics',
        label: 'Diagnostics',
        icon: 'diagnostics',
        page: lazy(() => import('./pages/diagnostics/diagnostics.tsx')),
      },
    ],
  },
];

/** Somebody's story, by person key: its slash stays one, as proxies make other things of an encoded one. */
export const personPath = (person: string): string => `/people/${person.split('/').map(encodeURIComponent).join('/')}`;

export const PersonPage = lazy(() => import('./pages/people/person.tsx'));
export const NowherePage = lazy(() => import('./pages/nowhere.tsx'));
