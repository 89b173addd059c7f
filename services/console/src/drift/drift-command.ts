/** `connector drift`: what was changed by hand at LastPass and is left so. */
import { policyVersion } from '@connector/shared/policy.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import type { Paint } from '../text/paint.ts';
import { counted, isoText, momentText } from '../text/when.ts';
import { type DriftedPerson, readDrift } from './drifted-people.ts';

export async function drift(context: Context, { json }: Common): Promise<ExitCode> {
  const { store, configuration } = context.session;
  const { policy, directories } = configuration;
  const planning = { store, policy, policyVersion: policyVersion(policy, directories), directories };
  const people = await readDrift(planning);
  if (json) printJson(context, driftJson(people));
  else print(context, driftText(people, context.terminal.paint));
  return 0;
}

const driftJson = (people: readonly DriftedPerson[]): object => ({
  drift: people.map(({ sinceMs, ...each }) => ({ ...each, since: sinceMs === null ? null : isoText(sinceMs) })),
});

/** What was changed by hand, one line for each person. */
export function driftText(people: readonly DriftedPerson[], paint: Paint): string[] {
  if (people.length === 0) return ['No account was deleted or disabled by hand at LastPass.'];
  const rows = people.map(({ name, username, kind, reason, sinceMs }): Cell[] => [
    name,
    username ?? '',
    kind,
    ['weak', sinceMs === null ? '' : `since ${momentText(sinceMs)}`],
    reason,
  ]);
  return [
    `${counted(people.length, 'account was', 'accounts were')} changed by hand at LastPass, and left so.`,
    ...aligned(rows, { paint }),
    '',
    'Create a deleted one again with "connector retry <who…>" or --all-drift. Names and groups are put right by themselves.',
  ];
}
