/**
 * The last lines of all services' logs, kept in Redis for a support bundle. They are no state: nothing depends on them, nothing waits for them, and
 * whatever is missing here stands in the service's own log.
 */
import { z } from 'zod';
import type { Store } from './store.ts';

/** pino's numbers (https://getpino.io/#/docs/api?id=level-string). */
const levels = { info: 30, warning: 40 } as const;

/** So many are kept, of all services together; up to a hundred more, as Redis cuts a stream where that costs nothing. */
const mostKept = 1_000;
/** So many wait for Redis in one process; the oldest are dropped. */
const mostWaiting = 200;
/** A longer line isn't kept, characters. */
const longestLine = 8_000;

const line = z.looseObject({ level: z.number(), time: z.string(), service: z.string(), msg: z.string().default('') });
/** A line of a log, with whatever else it says. */
export type LogLine = z.infer<typeof line>;

/** Gathers the lines of one process: warnings and errors; and what else it tells, while `takesInfo`. */
export class RecentLog {
  /** Whether lines of level info are kept, too: the debug log is on, and nobody wants its every line. */
  takesInfo = false;
  #waiting: string[] = [];

  /** For `hooks.streamWrite` of pino: sees a line as it is written, without secrets. Does nothing that could fail or take time. */
  readonly note = (text: string): string => {
    const level = Number(/^\{"level":(\d+)/.exec(text)?.[1]);
    if (level >= (this.takesInfo ? levels.info : levels.warning) && text.length <= longestLine) {
      this.#waiting.push(text.trimEnd());
      if (this.#waiting.length > mostWaiting) this.#waiting.shift();
    }
    return text;
  };

  /** Hands over to Redis what has gathered; what it doesn't take is let go. */
  async write({ redis, keys }: Pick<Store, 'redis' | 'keys'>): Promise<void> {
    const lines = this.#waiting.splice(0);
    const adding = lines.map((text) => redis.xadd(keys.recentLog, 'MAXLEN', '~', mostKept, '*', 'line', text));
    await Promise.allSettled(adding);
  }
}

/**
 * Reads the newest lines of all services, oldest first; what isn't a line of a log is left out.
 * @param count how many at most
 */
export async function readRecentLog({ redis, keys }: Pick<Store, 'redis' | 'keys'>, count: number): Promise<LogLine[]> {
  const raws = await redis.xrevrange(keys.recentLog, '+', '-', 'COUNT', count);
  return raws.reverse().flatMap(([, [, text = '']]) => parsed(text));
}

function parsed(text: string): LogLine[] {
  try {
    const { data } = line.safeParse(JSON.parse(text));
    return data === undefined ? [] : [data];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [];
  }
}
