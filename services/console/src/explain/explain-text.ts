/** People's stories, for people. */
import type { Account } from '@connector/shared/account.ts';
import type { Link } from '@connector/shared/plan.ts';
import type { Sealed } from '../audit/audit-trail.ts';
import { answerText, changeText } from '../audit/change-text.ts';
import { stepsText } from '../held/step-text.ts';
import { type NotFound, notFoundRow } from '../not-found.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint, Tone } from '../text/paint.ts';
import { momentText } from '../text/when.ts';
import type { DirectoryStatus, Story, Way } from './story.ts';
import type { Standing } from './verdict.ts';

const tones: Readonly<Partial<Record<Standing, Tone>>> = {
  synced: 'good',
  held: 'bad',
  'set aside': 'bad',
  drift: 'bad',
};

/** One block for each person, and one line for each name that nobody goes by. */
export function explainText(
  {
    stories,
    notFound,
    strangers,
  }: { stories: readonly Story[]; notFound: readonly NotFound[]; strangers: ReadonlySet<string> },
  paint: Paint,
): string[] {
  const blocks = stories.map((story) => storyText(story, paint));
  const unknown = notFound.map((each) => notFoundRow(each, strangers.has(each.who) ? stranger : unknownWho));
  return [...blocks, ...(unknown.length === 0 ? [] : [aligned(unknown, { paint, indent: 0 })])].flatMap(
    (lines, index) => (index === 0 ? lines : ['', ...lines]),
  );
}

const stranger = 'LastPass has such an account, and no directory anybody whose it is: the connector leaves it alone';
const unknownWho =
  'no directory knows anybody of that name; write a mail, a log-on name, a name, a DN, a person key or an objectGUID. Somebody new may not be read yet, or the service account may not read them';

const statusWords: Readonly<Record<DirectoryStatus, string>> = {
  enabled: 'enabled',
  disabled: 'disabled',
  expired: 'expired',
  deleted: 'deleted',
  missing: 'not found, and not proved deleted',
  unreadable: 'unknown: userAccountControl can not be read',
};

const chain = (way: Way): string => way.join(' → ');

function storyText(story: Story, paint: Paint): string[] {
  const { name, username, verdict, directory, steps, againAtMs, decision } = story;
  const tone = tones[verdict.standing] ?? 'strong';
  const who = username === null ? name : `${name} (${username})`;
  const rows: Cell[][] = [
    [['strong', 'Active Directory'], 'status', statusText(directory)],
    ['', 'lies at', directory.dn],
    ['', 'mail', directory.mail ?? 'none'],
    ['', 'log-on name', directory.logonName ?? 'unknown'],
    ['', 'person key', story.person],
    ...story.sameMail.map(({ person, name: other }): Cell[] => ['', 'same mail', `${other}  ${person}`]),
    ...scopeRows(story),
    ...groupRows(story),
    ...accountRows(story.account, story.link),
    [['strong', 'Plan'], 'steps', steps.length === 0 ? 'none' : stepsText(steps)],
    ...(decision === null
      ? []
      : [['', 'decision', `${decision.verdict} by ${decision.by}, ${momentText(decision.atMs)}`]]),
    ...(againAtMs === null ? [] : [['', 'looked at again', momentText(againAtMs)]]),
    ...story.operations.map((operation, index): Cell[] => [
      index === 0 ? ['strong', 'Last done'] : '',
      ...operationCells(operation),
    ]),
  ];
  return [
    `${oneLine(who)} ${paint(tone, oneLine(verdict.sentence))}`,
    ...(verdict.remedy === null ? [] : [`  ${oneLine(verdict.remedy)}`]),
    ...aligned(rows, { paint }),
  ];
}

/** When something was done about somebody, and what, from what to what, by whom, and what LastPass said. */
function operationCells({ entry }: Sealed): Cell[] {
  const change = changeText(entry);
  const parts = [`by ${entry.by}`, answerText(entry)].filter((text) => text !== '');
  return [momentText(entry.atMs), oneLine(`${entry.did}${change === '' ? '' : `: ${change}`} (${parts.join('; ')})`)];
}

const statusText = ({ status, expiresAtMs }: Story['directory']): string =>
  status === 'enabled' && expiresAtMs !== null ? `enabled until ${momentText(expiresAtMs)}` : statusWords[status];

function scopeRows({ scope }: Story): Cell[][] {
  const filter = scope.filter.map(({ entry, exists, way }): Cell[] => {
    if (way !== null) return ['', 'groupFilter', `${entry}: ${chain(way)}`];
    return ['', 'groupFilter', `${entry}: ${exists ? 'not a member' : 'the directory has no such group'}`];
  });
  const { excludedThrough } = scope;
  return [
    [['strong', 'Scope'], scope.out === null ? 'in' : 'out', scope.out ?? 'is in scope'],
    ['', 'userBases', scope.base ?? 'under none of them'],
    ...filter,
    ...(excludedThrough === null ? [] : [['', 'excludeGroups', chain(excludedThrough)]]),
  ];
}

const groupRows = ({ groups }: Story): Cell[][] =>
  groups.map(({ name, way }, index) => [
    index === 0 ? ['strong', 'Groups'] : '',
    name,
    way.length > 1 ? chain(way) : 'is a member',
  ]);

const byWhoseKey = { companyKey: 'the company’s key', userKey: 'a key of their own' } as const;

function logInRows(link: Link | null): Cell[][] {
  if (link?.federated !== undefined) return [['', 'log-in', `federated, with ${byWhoseKey[link.federated]}`]];
  return link?.federating === undefined ? [] : [['', 'log-in', 'to become a federated one (asked for)']];
}

function accountRows(account: Account | null, link: Link | null): Cell[][] {
  const title: Cell = ['strong', 'LastPass'];
  if (account === null) return [[title, 'account', link === null ? 'none' : `${link.username}: gone`]];
  const { username, invited, disabled, groups, fullname, id } = account;
  const ours = link?.disabledByUs ? ', by the connector' : '';
  const status = invited ? 'invited' : disabled ? `disabled${ours}` : 'enabled';
  return [
    [title, 'account', `${username}, ${status}${link === null ? ', linked to nobody' : ''}`],
    ...(invited ? [] : [['', 'name', fullname]]),
    ...(invited ? [] : [['', 'groups', groups.length === 0 ? 'none' : groups.join(', ')]]),
    ['', 'id', id ?? 'not known yet'],
    ...(link?.changingTo === undefined
      ? []
      : [['', 'new address', `${link.changingTo}, once the person logs in (asked for)`]]),
    ...logInRows(link),
    ...(link?.leftAtMs === undefined ? [] : [['', 'left', momentText(link.leftAtMs)]]),
  ];
}
