/** What a sync would do, as a table. */
import type { Preview } from '@connector/sync/preview/preview.ts';
import type { WrittenPlan } from '../plan-file/plan-file.ts';
import type { Paint } from '../text/paint.ts';
import { counted } from '../text/when.ts';
import { asideBlock, block, byName, people, stepsBlock, stoppedBlock } from './people-blocks.ts';

export function previewText(
  { sent, held, groups, pending, setAside, read }: Preview,
  { written = null, paint }: { written?: WrittenPlan | null; paint: Paint },
): string[] {
  const calls = sent.reduce((sum, each) => sum + each.calls.length, 0);
  return [
    ...stepsBlock(`Would be sent now, for ${people(sent.length)}`, sent, paint),
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
