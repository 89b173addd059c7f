/** A key that is a number, with its unit. */
import { Text, TextInput } from '@mantine/core';
import type { NumberInfo } from './keys.ts';
import classes from './policy.module.css';

export interface NumberFieldProps {
  readonly id: string;
  readonly info: NumberInfo;
  /** NaN while nothing is typed. */
  readonly value: number;
  readonly onChange: (value: number) => void;
}

export function NumberField({ id, info: { unit, most, whole }, value, onChange }: NumberFieldProps) {
  return (
    <div className={classes.inline}>
      <TextInput
        id={id}
        type="number"
        className={classes.number ?? ''}
        min={0}
        {...(most === null ? {} : { max: most })}
        step={whole ? 1 : 'any'}
        value={Number.isNaN(value) ? '' : value}
        onChange={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
      />
      <Text size="sm" span>
        {unit}
      </Text>
    </div>
  );
}
