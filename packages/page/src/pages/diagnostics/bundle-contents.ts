/** What is in a support bundle, in a sentence. Pure. */
import type { SupportBundle } from '../../api/documents.ts';
import { counted, numberText } from '../../text/count.ts';

/** @param text the file's */
export function bundleContents(
  { queues, redis, log }: Pick<SupportBundle, 'queues' | 'redis' | 'log'>,
  text: string,
): string {
  const kilobytes = Math.ceil(new TextEncoder().encode(text).length / 1_000);
  const parts = [
    counted(queues.length, 'queue', 'queues'),
    `${counted(redis.keys.length, 'kind of key', 'kinds of keys')} in Redis`,
    `${counted(log.length, 'line', 'lines')} of the logs`,
  ];
  return `${numberText(kilobytes)} kB, with ${parts.join(', ')}.`;
}
