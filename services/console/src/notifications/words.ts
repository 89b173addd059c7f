/** Conditions in plain English: what is the matter, what it means, and what to do. */
import { formatDuration } from '@connector/shared/duration.ts';
import { counted } from '../text/when.ts';
import { type ConditionKind, mostLate } from './condition.ts';
import type { Event } from './what-to-tell.ts';

/** What a message says of an event. */
export interface Words {
  /** One line. */
  readonly title: string;
  /** What it means and what to do. */
  readonly advice: string;
  /** The command that shows more, as it is typed. */
  readonly command: string;
  /** The console's page that shows more, a path. */
  readonly page: string;
}

interface Wording {
  readonly title: (event: Event, lasting: string) => string;
  readonly over: (event: Event) => string;
  readonly advice: string;
  readonly command: string;
  readonly page: string;
}

const people = (count: number | null): string => counted(count ?? 0, 'person', 'people');
const waits = (count: number | null, doing: { one: string; many: string }): string =>
  `${people(count)} ${count === 1 ? doing.one : doing.many}`;

const wordings: Readonly<Record<ConditionKind, Wording>> = {
  'credentials-refused': {
    title: () => 'LastPass refuses the credentials of the connector',
    over: () => 'LastPass takes the credentials of the connector again',
    advice:
      'Nothing is sent to LastPass meanwhile, leavers included. Make a new provisioning hash in the admin console (Advanced, Enterprise API) if the old one is not valid any more, write it as lastpass.provhash, and restart the pushers. What has gathered is sent then.',
    command: 'connector check',
    page: '/',
  },
  'rights-lost': {
    title: () => 'The account of the connector has lost a right in Active Directory',
    over: () => 'The account of the connector has its rights in Active Directory again',
    advice:
      'The directory is not read meanwhile: deletions would go unseen. Give the account the right that the problem names; the watcher tries again by itself.',
    command: 'connector check',
    page: '/',
  },
  'directory-not-read': {
    title: ({ subject }, lasting) => `The directory ${subject} was not read for ${lasting}`,
    over: ({ subject }) => `The directory ${subject} is read again`,
    advice:
      'Joiners and leavers go unnoticed meanwhile. Look at what stands in the way of the watcher, and whether a domain controller answers. What has changed is read once one does.',
    command: 'connector status',
    page: '/',
  },
  'accounts-not-read': {
    title: (_, lasting) => `The accounts were not read from LastPass for ${lasting}`,
    over: () => 'The accounts are read from LastPass again',
    advice:
      'What is changed by hand at LastPass goes unnoticed meanwhile. Look at what stands in the way of the pusher, and whether LastPass answers.',
    command: 'connector status',
    page: '/',
  },
  'not-delivered': {
    title: ({ count }, lasting) =>
      `Changes of ${count === mostLate ? 'at least ' : ''}${people(count)} have not reached LastPass, the oldest for ${lasting}`,
    over: () => 'Changes reach LastPass again',
    advice:
      'Look at what stands in the way of the pusher, and whether LastPass answers. Nothing is lost: what waits is sent once it does.',
    command: 'connector status',
    page: '/',
  },
  'service-not-ready': {
    title: ({ subject }, lasting) => `The ${subject} is not ready for ${lasting}`,
    over: ({ subject }) => `The ${subject} is ready again`,
    advice: 'A part of the sync stands still meanwhile. The problem says what to do.',
    command: 'connector status',
    page: '/',
  },
  'no-seat': {
    title: ({ count }) => `LastPass has no seat left: ${waits(count, { one: 'waits', many: 'wait' })} for one`,
    over: () => 'LastPass has seats again',
    advice:
      'New people get no account, and nobody is enabled again meanwhile; everything else goes on. Buy seats, or disable or remove accounts that nobody uses. One is tried each minute, and all go on by themselves.',
    command: 'connector aside',
    page: '/aside',
  },
  'seats-nearly-used': {
    title: ({ count }) =>
      `LastPass' seats are nearly used: ${counted(count ?? 0, 'account takes', 'accounts take')} one`,
    over: () => 'LastPass has seats enough again',
    advice:
      'Once there is none left, new people get no account. Buy seats, or disable or remove accounts that nobody uses, and write lastpass.licences anew.',
    command: 'connector check',
    page: '/diagnostics',
  },
  'people-held': {
    title: ({ count }) =>
      `${counted(count ?? 0, 'person or group is', 'people or groups are')} held, and need${count === 1 ? 's' : ''} a word`,
    over: () => 'Nobody is held any more, and no group',
    advice:
      'Nothing of what is held is done before somebody looks at it: release it if it is meant, reject it if it is not. Many at once are often a slip in a filter, or an OU that was moved.',
    command: 'connector held',
    page: '/held',
  },
  'people-pending': {
    title: ({ count }) =>
      `${waits(count, { one: 'is', many: 'are' })} new, and wait${count === 1 ? 's' : ''} for approval`,
    over: () => 'Nobody waits for approval any more',
    advice: 'They get an account once somebody approves it.',
    command: 'connector pending',
    page: '/pending',
  },
  'people-aside': {
    title: ({ count }) => `${waits(count, { one: 'is', many: 'are' })} set aside, and not synced`,
    over: () => 'Nobody is set aside any more',
    advice: 'Something about them is to be mended first, mostly in the directory. The list says for each what it is.',
    command: 'connector aside',
    page: '/aside',
  },
};

/** Says an event. */
export function wordsOf(event: Event): Words {
  const { title, over, advice, command, page } = wordings[event.kind];
  if (event.phase === 'over') return { title: over(event), advice: 'Nothing is to be done.', command, page };
  const said = title(event, formatDuration(event.atMs - event.sinceMs));
  return { title: event.phase === 'reminder' ? `Still: ${said}` : said, advice, command, page };
}
