/** What a sync would do, as a table. */
import type { Preview, StoppedPerson } from '@connector/sync/preview/preview.ts';
import { stepsText } from '../held/step-text.ts';
import type { WrittenPlan } from '../plan-file/plan-file.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { counted } from '../text/when.ts';

const people = (count: number): string => counted(count, 'person', 'people');

export function previewText(
  { sent, held, groups, pending, setAside, read }: Preview,
  { written = null, paint }: { written?: WrittenPlan | null; paint: Paint },
): string[] {
  const calls = sent.reduce((sum, each) => sum + each.calls.length, 0);
  return [
    ...block(
      `Would be sent now, for ${people(sent.length)}`,
      byName(sent).map(({ name, username, steps }) => [name, username, stepsText(steps)]),
      paint,
    ),
    ...stoppedBlock('Would be held', held, paint),
    ...block(
      `Renamed in Active Directory, and held, ${counted(groups.length, 'group', 'groups')}`,
      byName(groups).map(({ name, to, because }) => [name, `now ${to}`, because]),
      paint,
    ),
    ...stoppedBlock('Would wait for approval', pending, paint),
    ...asideBlock(
      "Set aside, as they can't be synced",
      setAside.filter(({ kind }) => kind !== 'drift'),
      paint,
    ),
    ...asideBlock(
      'Deleted by hand at LastPass, and left so',
      setAside.filter(({ kind }) => kind === 'drift'),
      paint,
    ),
    `Read ${counted(read.objects, 'object', 'objects')} of Active Directory and ${counted(read.accounts, 'account', 'accounts')} of LastPass; nothing was written${written === null ? '' : ' to either'}.`,
    sent.length === 0
      ? 'A sync now would send nothing.'
      : `A sync now would send ${counted(calls, 'change', 'changes')} for ${people(sent.length)}.`,
    ...(written === null
      ? []
      : writtenLines(written, { waiting: held.length + pending.length, groups: groups.length })),
  ];
}

function writtenLines(
  { file, plan: { counts } }: WrittenPlan,
  { waiting, groups }: { waiting: number; groups: number },
): string[] {
  const alsoHeld = waiting > 0 ? ', and with --with-held lets those go, too, who would be held or wait' : '';
  return [
    `Wrote ${file}: ${counted(counts.steps, 'step', 'steps')} for ${people(counts.people)}, for you to review; "connector apply ${file}" does exactly that${alsoHeld}.`,
    ...(groups === 0 ? [] : ['Renamed groups are not in it: let them go with "connector release <group>".']),
  ];
}

function stoppedBlock(title: string, stopped: readonly StoppedPerson[], paint: Paint): string[] {
  const byReason = [...Map.groupBy(stopped, ({ because }) => because)].sort(([, a], [, b]) => b.length - a.length);
  return byReason.flatMap(([reason, these]) =>
    block(
      `${title}, ${people(these.length)}: ${reason}`,
      byName(these).map(({ name, username, steps }) => [name, username, stepsText(steps)]),
      paint,
    ),
  );
}

const asideBlock = (title: string, aside: Preview['setAside'], paint: Paint): string[] =>
  block(
    `${title}, ${people(aside.length)}`,
    byName(aside).map(({ name, reason }) => [name, reason]),
    paint,
  );

const byName = <T extends { readonly name: string }>(all: readonly T[]): T[] =>
  [...all].sort((a, b) => a.name.localeCompare(b.name));

const block = (title: string, rows: readonly (readonly Cell[])[], paint: Paint): string[] =>
  rows.length === 0 ? [] : [paint('strong', oneLine(title)), ...aligned(rows, { paint }), ''];
