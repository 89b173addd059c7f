/** A moment: how long ago it was, and exactly when on pointing at it. */
import { agoText } from '../text/duration.ts';
import { momentText } from '../text/moment.ts';
import { useNow } from './use-now.ts';

const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });

/** @param at ISO 8601 */
export function Moment({ at }: { at: string }) {
  const nowMs = useNow();
  const atMs = Date.parse(at);
  return (
    <time dateTime={at} title={exact.format(atMs)}>
      {agoText(atMs, nowMs)}
    </time>
  );
}

/** When exactly it was, where the order of things matters. @param at ISO 8601 */
export function ExactMoment({ at }: { at: string }) {
  return <time dateTime={at}>{momentText(Date.parse(at))}</time>;
}
