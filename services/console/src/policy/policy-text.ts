/** Policies, and what becomes of people by them, for people. */
import type { PolicyChange } from '@connector/shared/policy.ts';
import { stringify } from 'yaml';
import { asideBlock, block, people, stepsBlock, stoppedBlock } from '../preview/people-blocks.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { counted, momentText } from '../text/when.ts';
import type { Edit } from './edit.ts';
import type { Revision } from './policy-history.ts';
import type { PolicyNow } from './policy-now.ts';
import { radiusSentences } from './radius-sentences.ts';

/** A value of a policy in one line, as it can be written in a configuration. */
const valueText = (value: PolicyChange['was']): string =>
  oneLine(stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim());

const changeRows = (changes: readonly PolicyChange[]): Cell[][] =>
  changes.map(({ key, was, is }) => [key, `${valueText(was)} → ${valueText(is)}`]);

const originText = ({ number, by, atMs, isSet }: PolicyNow): string => {
  if (number === null)
    return 'No policy is in force yet, as no reconciler has started. The configuration has this one:';
  const name = number === 0 ? 'The policy in force' : `Policy ${number}`;
  if (by === null || atMs === null) return `${name}, of the configuration:`;
  return isSet
    ? `${name}, set by ${by} at ${momentText(atMs)}:`
    : `${name}, of the configuration since ${momentText(atMs)}:`;
};

/** The policy that counts. */
export function policyText(now: PolicyNow, paint: Paint): string[] {
  const { written, differs } = now;
  const lines = stringify(written, { lineWidth: 0 }).trimEnd().split('\n');
  return [
    originText(now),
    ...lines.map((line) => `  ${oneLine(line)}`),
    ...(differs.length === 0
      ? []
      : [
          '',
          ...block(
            'The configuration says otherwise, and does not count',
            differs.map(({ key, was, is }) => [key, `${valueText(is)}, configured ${valueText(was)}`]),
            paint,
          ),
          'Let the configuration count again with "connector policy reset".',
        ]),
  ];
}

/** All that were in force, the newest first. */
export function historyText(revisions: readonly Revision[], paint: Paint): string[] {
  if (revisions.length === 0) return ['No policy is in force yet: no reconciler has started.'];
  const rows = revisions.flatMap(({ number, by, atMs, changes }): Cell[][] => {
    const [first = ['as it began'], ...others] = changeRows(changes).map((row) => row.map(String));
    return [
      [String(number), ['weak', momentText(atMs)], oneLine(by), first.join('  ')],
      ...others.map((row): Cell[] => ['', '', '', row.join('  ')]),
    ];
  });
  return [...aligned(rows, { paint }), '', 'Bring one into force again with "connector policy rollback <number>".'];
}

/** What an edit changes, and whom. */
export function editText({ changes, radius }: Edit, paint: Paint): string[] {
  const { sent, held, pending, setAside, noLonger, unresolved } = radius;
  return [
    ...block('Changed in the policy', changeRows(changes), paint),
    ...unresolved.map((entry) =>
      paint('bad', oneLine(`groupFilter: no group of Active Directory is called "${entry}": nobody is in scope by it`)),
    ),
    ...stepsBlock(`Would be sent by itself, for ${people(sent.length)}`, sent, paint),
    ...stoppedBlock('Would be held', held, paint),
    ...stoppedBlock('Would wait for approval', pending, paint),
    ...asideBlock('Would be set aside', setAside, paint),
    ...stoppedBlock('Would not wait for a word any more', noLonger, paint),
    ...radiusSentences(radius, counted),
  ];
}
