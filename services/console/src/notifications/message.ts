/** A message as it is sent: the same for all ways, the JSON of a webhook and the text of a mail. */
import { z } from 'zod';
import { oneLine } from '../text/one-line.ts';
import { momentText } from '../text/when.ts';
import { kinds, type Named } from './condition.ts';
import { type Event, phases } from './what-to-tell.ts';
import { wordsOf } from './words.ts';

/** The JSON that a webhook posts, as docs/notifications.md describes it. */
export const body = z.strictObject({
  /** `<condition>.<phase>` */
  type: z.string(),
  /** When it was noticed. */
  timestamp: z.iso.datetime(),
  data: z.strictObject({
    /** `redis.prefix`, which tells several connectors apart. */
    connector: z.string(),
    condition: z.enum([...kinds, 'test']),
    phase: z.enum([...phases, 'test']),
    /** The directory or the service that it is about. */
    subject: z.string().nullable(),
    /** Since when it holds, or held. */
    since: z.iso.datetime(),
    /** How many people it is about. */
    count: z.number().nullable(),
    /** How many when it was told last. */
    before: z.number().nullable(),
    title: z.string(),
    advice: z.string(),
    /** What stands in the way. */
    problems: z.array(z.string()),
    /** Where to look further. */
    command: z.string(),
    page: z.string(),
    /** The newest of them, with `names: true`. */
    people: z.array(z.strictObject({ name: z.string(), mail: z.string().nullable() })).optional(),
  }),
});
export type Body = z.infer<typeof body>;

/** A message that is to be sent: an id by which whoever gets it twice knows it, and its JSON. */
export interface Message {
  /** Without a full stop, which parts what is signed (Standard Webhooks 1.0). */
  readonly id: string;
  readonly body: Body;
}

/** What an event says. @param people the newest whom it is about; `null`: nobody is named */
export function bodyOf(
  event: Event,
  { connector, people }: { connector: string; people: readonly Named[] | null },
): Body {
  const { kind, phase, subject, sinceMs, atMs, count, before } = event;
  const words = wordsOf(event);
  return {
    type: `${kind}.${phase}`,
    timestamp: new Date(atMs).toISOString(),
    data: {
      connector,
      condition: kind,
      phase,
      subject,
      since: new Date(sinceMs).toISOString(),
      count,
      before,
      title: oneLine(words.title),
      advice: words.advice,
      problems: event.problems.map(oneLine),
      command: words.command,
      page: words.page,
      ...(people === null
        ? {}
        : { people: people.map(({ name, mail }) => ({ name: oneLine(name), mail: mail && oneLine(mail) })) }),
    },
  };
}

/** What says that messages arrive. */
export function testBody({ connector, atMs }: { connector: string; atMs: number }): Body {
  const now = new Date(atMs).toISOString();
  return {
    type: 'test.test',
    timestamp: now,
    data: {
      connector,
      condition: 'test',
      phase: 'test',
      subject: null,
      since: now,
      count: null,
      before: null,
      title: 'A test message: notifications of the connector arrive here',
      advice: 'Nothing is to be done.',
      problems: [],
      command: 'connector status',
      page: '/',
    },
  };
}

/** A mail's subject, in one line. */
export const subjectOf = ({ data }: Body): string => oneLine(`[LastPass connector] ${data.title}`);

/** A mail's text. */
export function textOf({ data }: Body): string {
  const { title, advice, problems, people, command, page, since, connector, count, phase } = data;
  const more = people === undefined || count === null ? 0 : count - people.length;
  const who = (people ?? []).map(({ name, mail }) => `  ${name}${mail === null || mail === name ? '' : ` <${mail}>`}`);
  const parts = [
    [`${title}.`],
    problems.map((problem) => `  ${problem}`),
    [...who, ...(who.length > 0 && more > 0 ? [`  … and ${more} more`] : [])],
    [advice],
    [
      ...(phase === 'test' ? [] : [`${phase === 'over' ? 'It held' : 'So'} since ${momentText(Date.parse(since))}.`]),
      `To see more: "${command}", or the page ${page} of the console.`,
    ],
    ['-- ', `LastPass Directory Connector "${connector}". Who is told is configured under notifications.`],
  ];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`;
}
