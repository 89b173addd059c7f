/** What a key of the policy is, for whoever only looks. */
import { Text } from '@mantine/core';
import type { FlatPolicy, KeyInfo } from './keys.ts';
import { actionOf } from './leaver-actions.ts';
import classes from './policy.module.css';
import { valueText } from './value-text.ts';

export function KeyValue({ info, policy }: { info: KeyInfo; policy: FlatPolicy }) {
  if (info.kind !== 'list') return <Text>{keyText(info, policy)}</Text>;
  const entries = policy[info.key];
  if (entries.length === 0) return <Text>{info.empty}</Text>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reached with the keyboard
    <ul className={classes.entries} aria-label={info.key} tabIndex={0}>
      {entries.map((entry) => (
        <li key={entry}>{entry}</li>
      ))}
    </ul>
  );
}

/** In one line. */
export function keyText(info: KeyInfo, policy: FlatPolicy): string {
  switch (info.kind) {
    case 'choice':
      return info.choices.find(({ value }) => value === policy[info.key])?.label ?? policy[info.key];
    case 'leaver': {
      const value = policy[info.key];
      return typeof value === 'string' ? (actionOf(value)?.label ?? value) : valueText({ ...value });
    }
    case 'list':
      return policy[info.key].length === 0 ? 'none' : policy[info.key].join(', ');
    case 'number':
      return `${policy[info.key]} ${info.unit}`;
  }
}
