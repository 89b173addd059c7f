/** The page's parts: where each is, what it is called, and who may see it. Each is loaded when somebody sets out for it first. */
import type { StatusDocument } from './api/documents.ts';
import type { IconName } from './components/icon.tsx';
import { DeferredPage } from './deferred-page.tsx';
import { countAside } from './text/count.ts';

/** One part of the page, as the navigation shows it. */
export interface Place {
  readonly path: string;
  readonly label: string;
  readonly icon: IconName;
  readonly page: DeferredPage;
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
      {
        path: '/',
        label: 'Overview',
        icon: 'overview',
        page: new DeferredPage(() => import('./pages/overview/overview.tsx')),
      },
      {
        path: '/preview',
        label: 'Preview',
        icon: 'preview',
        page: new DeferredPage(() => import('./pages/preview/preview.tsx')),
      },
      {
        path: '/people',
        label: 'People',
        icon: 'people',
        page: new DeferredPage(() => import('./pages/people/people.tsx')),
      },
    ],
  },
  {
    heading: 'Waits for a word',
    places: [
      {
        path: '/pending',
        label: 'Pending',
        icon: 'pending',
        page: new DeferredPage(() => import('./pages/pending/pending.tsx')),
        count: ({ people }) => people.pending,
      },
      {
        path: '/held',
        label: 'Held',
        icon: 'held',
        page: new DeferredPage(() => import('./pages/held/held.tsx')),
        count: ({ people }) => people.held + people.heldGroups,
      },
      {
        path: '/aside',
        label: 'Set aside',
        icon: 'aside',
        page: new DeferredPage(() => import('./pages/aside.tsx')),
        count: ({ people }) => countAside(people),
      },
      {
        path: '/drift',
        label: 'Drift',
        icon: 'drift',
        page: new DeferredPage(() => import('./pages/drift/drift.tsx')),
        count: ({ people }) => people.deletedByHand,
      },
      { path: '/undo', label: 'Undo', icon: 'undo', page: new DeferredPage(() => import('./pages/undo.tsx')) },
    ],
  },
  {
    heading: 'The connector',
    places: [
      {
        path: '/policy',
        label: 'Policy',
        icon: 'policy',
        page: new DeferredPage(() => import('./pages/policy/policy.tsx')),
      },
      {
        path: '/audit',
        label: 'Audit trail',
        icon: 'audit',
        page: new DeferredPage(() => import('./pages/audit/audit.tsx')),
        administratorsOnly: true,
      },
      {
        path: '/diagnostics',
        label: 'Diagnostics',
        icon: 'diagnostics',
        page: new DeferredPage(() => import('./pages/diagnostics/diagnostics.tsx')),
      },
    ],
  },
];

/** Somebody's story, by person key: its slash stays one, as proxies make other things of an encoded one. */
export const personPath = (person: string): string => `/people/${person.split('/').map(encodeURIComponent).join('/')}`;

export const PersonPage = new DeferredPage(() => import('./pages/people/person.tsx'));
export const NowherePage = new DeferredPage(() => import('./pages/nowhere.tsx'));

/** What is shown at an address. */
export function pageAt(path: string): DeferredPage {
  if (path.startsWith('/people/')) return PersonPage;
  const place = regions.flatMap(({ places }) => places).find((each) => each.path === path);
  return place?.page ?? NowherePage;
}
