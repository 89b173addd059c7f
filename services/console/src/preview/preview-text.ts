/** What a run would do, as a table. */
import type { Preview, StoppedPerson } from '@connector/sync/preview/preview.ts';
import { stepsText } from '../held/step-text.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { counted } from '../text/when.ts';

const people = (count: number): string => counted(count, 'person', 'people');

export function previewText({ sent, held, groups, pending, setAside, read }: Preview, paint: Paint): string[] {
  const calls = sent.reduce((sum, each) => sum + each.calls.length, 0);
  return [
    ...block(
      `Would be sent now, for ${people(sent.length)}`,
      sent.map(({ name, username, steps }) => [name, username, stepsText(steps)]),
      paint,
    ),
    ...stoppedBlock('Would be held', held, paint),
    ...block(
      `Renamed in Active Directory, and held, ${counted(groups.length, 'group', 'groups')}`,
      groups.map(({ name, to, because }) => [name, `now ${to}`, because]),
      paint,
    ),
    ...stoppedBlock('Would wait for approval', pending, paint),
    ...block(
      `Can't be synced, ${people(setAside.length)}`,
      setAside.map(({ name, reason }) => [name, reason]),
      paint,
    ),
    `Read ${counted(read.objects, 'object', 'objects')} of Active Directory and ${counted(read.accounts, 'account', 'accounts')} of LastPass; nothing was written.`,
    sent.length === 0
      ? 'A run now would send nothing.'
      : `A run now would send ${counted(calls, 'change', 'changes')} for ${people(sent.length)}.`,
  ];
}

function stoppedBlock(title: string, stopped: readonly StoppedPerson[], paint: Paint): string[] {
  const byReason = [...Map.groupBy(stopped, ({ because }) => because)].sort(([, a], [, b]) => b.length - a.length);
  return byReason.flatMap(([reason, these]) =>
    block(
      `${title}, ${people(these.length)}: ${reason}`,
      these.map(({ name, username, steps }) => [name, username, stepsText(steps)]),
      paint,
    ),
  );
}

const block = (title: string, rows: readonly (readonly Cell[])[], paint: Paint): string[] =>
  rows.length === 0 ? [] : [paint('strong', oneLine(title)), ...aligned(rows, { paint }), ''];
