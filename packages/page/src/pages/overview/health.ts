/** Is everything well, in plain words. Pure. */
import type { StatusDocument } from '../../api/documents.ts';
import { counted } from '../../text/count.ts';
import { asSentence } from '../../text/sentence.ts';
import { outstanding } from './work.ts';

export interface Health {
  /** `bad`: nothing is synced until something is mended. `waiting`: all works, and somebody's word is wanted. */
  readonly grade: 'good' | 'waiting' | 'bad';
  /** One sentence, read out when it changes: so it has no number in it that changes all the time. */
  readonly title: string;
  /** What stands in the way, or is to be known, each with the remedy. */
  readonly lines: readonly string[];
}

export function healthOf(status: StatusDocument): Health {
  const { problems } = status;
  const notices = noticesOf(status);
  if (problems.length > 0)
    return {
      grade: 'bad',
      title:
        problems.length === 1
          ? 'One thing stands in the way of the sync.'
          : `${problems.length} things stand in the way of the sync.`,
      lines: [...problems.map(asSentence), ...notices],
    };
  const left = outstanding(status);
  const onTheWay = left > 0 ? [`${counted(left, 'person is', 'people are')} on the way.`] : [];
  return {
    grade: notices.length > 0 ? 'waiting' : 'good',
    title: 'Nothing stands in the way of the sync.',
    lines: [...notices, ...onTheWay],
  };
}

/** What isn't wrong, and still has to be known. */
function noticesOf({ firstRun, mode, run, applying, people, policy, policySet, untold }: StatusDocument): string[] {
  const notices = untold.map(({ way, failure }) => `Messages by ${way} don’t get out: ${asSentence(failure)}`);
  if (firstRun !== null && firstRun.waiting > 0)
    notices.push(
      `The first run waits to be confirmed: ${counted(firstRun.waiting, 'person has', 'people have')} no account until then.`,
    );
  if (applying !== null)
    notices.push(
      `A plan file about ${counted(applying.people, 'person', 'people')} is applied, as ${applying.by} wanted.`,
    );
  if (mode === 'manual' && run === null && people.toDeliver > 0)
    notices.push(
      `In manual mode nothing is sent by itself: ${counted(people.toDeliver, 'person waits', 'people wait')} for a sync.`,
    );
  if (policy === 'unsettled')
    notices.push('The policy has changed: whoever would leave is held until everything is read under the new one.');
  if (policy === 'another than configured')
    notices.push('The services have another configuration than this console: restart whichever has the old one.');
  if (policySet !== null && policySet.differs.length > 0)
    notices.push(
      `${policySet.by} has set the policy: it counts, and the configuration says otherwise in ${policySet.differs.join(', ')}.`,
    );
  return notices;
}

/** Whether nothing was ever read to the end, or the first run still waits for its confirmation. */
export const isFirstRun = ({ directories, firstRun }: StatusDocument): boolean =>
  firstRun !== null || directories.every(({ completedAt }) => completedAt === null);
