/** Looking for some of a preview's people: by text, by what would become of it, and by kind of change with how many there are of each. */
import { Button, Chip, Group, NativeSelect, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { Icon } from '../../components/icon.tsx';
import { numberText } from '../../text/count.ts';
import { stepKindWords } from '../../text/step-kinds.ts';
import classes from './filters.module.css';
import { outcomeWords } from './outcome-words.ts';
import {
  type ChangeKind,
  countsBy,
  isLeaverKind,
  noFilter,
  type PreviewedOutcome,
  type PreviewedRow,
  type PreviewFilter,
} from './previewed-rows.ts';

/** Steps, and what keeps somebody from having any. */
const kindWords: Readonly<Record<ChangeKind, string>> = {
  ...stepKindWords,
  'rename-group': 'renamed group',
  'set aside': 'set aside',
  drift: 'deleted by hand',
};

export interface FiltersProps {
  readonly rows: readonly PreviewedRow[];
  readonly filter: PreviewFilter;
  readonly onChange: (filter: PreviewFilter) => void;
}

export function Filters({ rows, filter, onChange }: FiltersProps) {
  const kinds = useMemo(() => countsBy(rows, (row) => row.kinds), [rows]);
  const outcomes = useMemo(() => countsBy(rows, (row) => [row.outcome]), [rows]);
  const isAll = filter.text === '' && filter.kinds.length === 0 && filter.outcome === null;
  return (
    <div className={classes.filters}>
      <TextInput
        type="search"
        className={classes.text ?? ''}
        label="Search"
        placeholder="Name, user name or key"
        leftSection={<Icon name="search" size={16} />}
        value={filter.text}
        onChange={({ currentTarget: { value } }) => onChange({ ...filter, text: value })}
      />
      <NativeSelect
        label="What becomes of it"
        value={filter.outcome ?? ''}
        onChange={({ currentTarget: { value } }) =>
          onChange({ ...filter, outcome: value === '' ? null : (value as PreviewedOutcome) })
        }
        data={[
          { value: '', label: 'Anything' },
          ...Object.entries(outcomeWords)
            .filter(([outcome]) => outcomes.has(outcome as PreviewedOutcome))
            .map(([value, label]) => ({
              value,
              label: `${label} (${numberText(outcomes.get(value as PreviewedOutcome) ?? 0)})`,
            })),
        ]}
      />
      <fieldset className={classes.kinds}>
        <legend>Kind of change</legend>
        <Chip.Group
          multiple
          value={[...filter.kinds]}
          onChange={(value) => onChange({ ...filter, kinds: value as ChangeKind[] })}
        >
          <Group gap="xs">
            {Object.entries(kindWords)
              .filter(([kind]) => kinds.has(kind as ChangeKind))
              .map(([kind, word]) => (
                <Chip
                  key={kind}
                  value={kind}
                  size="sm"
                  variant="outline"
                  {...(isLeaverKind(kind as ChangeKind) ? { color: 'red' } : {})}
                >
                  {word.charAt(0).toUpperCase() + word.slice(1)} <b>{numberText(kinds.get(kind as ChangeKind) ?? 0)}</b>
                </Chip>
              ))}
            {!isAll && (
              <Button size="compact-sm" variant="subtle" onClick={() => onChange(noFilter)}>
                Show everybody
              </Button>
            )}
          </Group>
        </Chip.Group>
      </fieldset>
    </div>
  );
}
