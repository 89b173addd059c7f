/** What becomes of a leaver's account: at once, or after a time to think it over. */
import { NativeSelect, Text, TextInput } from '@mantine/core';
import { durationOf, durationParts, offeredUnits, type Unit, unitWords } from './duration-parts.ts';
import { actionOf, afterOf, type LeaverValue, leaverActions } from './leaver-actions.ts';
import classes from './policy.module.css';

export interface LeaverFieldProps {
  readonly id: string;
  /** What it is about, for the parts that the label doesn't name. */
  readonly label: string;
  readonly value: LeaverValue;
  readonly onChange: (value: LeaverValue) => void;
}

export function LeaverField({ id, label, value, onChange }: LeaverFieldProps) {
  const action = actionOf(value);
  const after = afterOf(value);
  const choose = (wanted: string) => {
    const next = leaverActions.find((each) => each.id === wanted);
    if (next !== undefined) onChange(next.value(after));
  };
  return (
    <>
      <NativeSelect
        id={id}
        value={action?.id}
        data={leaverActions.map((each) => ({ value: each.id, label: each.label }))}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      />
      {typeof value === 'object' && (
        <After label={label} after={after} onChange={(next) => onChange({ ...value, after: next })} />
      )}
      <Text size="sm" c="dimmed">
        {action?.meaning}
      </Text>
    </>
  );
}

interface AfterProps {
  readonly label: string;
  /** As a configuration has it: `30d`. */
  readonly after: string;
  readonly onChange: (after: string) => void;
}

function After({ label, after, onChange }: AfterProps) {
  const parts = durationParts(after);
  const units = [...new Set([...offeredUnits, parts.unit])];
  return (
    <div className={classes.inline}>
      <Text size="sm" span>
        after
      </Text>
      <TextInput
        type="number"
        className={classes.number ?? ''}
        min={1}
        step={1}
        aria-label={`${label}: how many ${unitWords[parts.unit]}`}
        value={parts.count}
        onChange={({ currentTarget }) => onChange(durationOf({ ...parts, count: currentTarget.value }))}
      />
      <NativeSelect
        aria-label={`${label}: unit of the time`}
        value={parts.unit}
        data={units.map((unit) => ({ value: unit, label: unitWords[unit] }))}
        onChange={({ currentTarget }) => onChange(durationOf({ ...parts, unit: currentTarget.value as Unit }))}
      />
    </div>
  );
}
