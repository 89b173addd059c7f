/** What an entry of the audit trail tells, for people. Pure. */
import { changeText } from '@connector/console/src/audit/change-text.ts';
import type { LogEntry } from '../../api/documents.ts';
import { momentText } from '../../text/moment.ts';

type Value = LogEntry['was'];

/** Anything above is a moment, and anything below a time that something took: ms; it is the year 2001. */
const firstMomentMs = 1e12;

/** `untilMs: 1764411271000` as `until: 29 Nov 2026, 10:14:31`. */
function readable(value: Value): Value {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => !isEmpty(each))
      .map(([name, each]) =>
        name.endsWith('Ms') && typeof each === 'number' && each >= firstMomentMs
          ? [wordsOf(name.slice(0, -2)), momentText(each)]
          : [name, readable(each)],
      ),
  );
}

const isEmpty = (value: Value): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** `expiresAt` as `expires at`. */
const wordsOf = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** From what to what, moments as people read them. */
export const entryChange = ({ was, is }: Pick<LogEntry, 'was' | 'is'>): string =>
  changeText({ was: readable(was), is: readable(is) });

/** What it is about, where that isn't a person: `token dashboards`; nothing where what was done says so already. */
export function subjectText({ by, did, of: { kind, name } }: Pick<LogEntry, 'by' | 'did' | 'of'>): string {
  const what = kind.replaceAll('-', ' ');
  if (did.endsWith(what) || (kind === 'session' && name === by)) return '';
  if (kind === 'deliveries' && !/^(paused|resumed)$/.test(did)) return '';
  return name === '' || name === what ? what : `${what} ${name}`;
}

/** LastPass refused it. */
export const isRefusal = ({ did }: Pick<LogEntry, 'did'>): boolean => did.startsWith('tried to ');
