/** A key that is one of few values, with what the chosen one means. */
import { NativeSelect, Text } from '@mantine/core';
import type { ChoiceInfo, ChoiceKey, FlatPolicy } from './keys.ts';

export interface ChoiceFieldProps {
  readonly id: string;
  readonly info: ChoiceInfo;
  readonly value: FlatPolicy[ChoiceKey];
  readonly onChange: (value: FlatPolicy[ChoiceKey]) => void;
}

export function ChoiceField({ id, info: { choices }, value, onChange }: ChoiceFieldProps) {
  const chosen = choices.find((choice) => choice.value === value);
  const choose = (wanted: string) => {
    const choice = choices.find((each) => each.value === wanted);
    if (choice !== undefined) onChange(choice.value);
  };
  return (
    <>
      <NativeSelect
        id={id}
        value={value}
        data={choices.map(({ value: each, label }) => ({ value: each, label }))}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      />
      <Text size="sm" c="dimmed">
        {chosen?.meaning}
      </Text>
    </>
  );
}
