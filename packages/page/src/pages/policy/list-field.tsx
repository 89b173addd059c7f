/** A key that is a list of names: each can be taken out, and others put in, one by one or pasted with a line for each. */
import { Button, CloseButton, Text, TextInput } from '@mantine/core';
import { type ClipboardEvent, useRef, useState } from 'react';
import { entryProblem } from './edits.ts';
import type { ListInfo } from './keys.ts';
import classes from './policy.module.css';

export interface ListFieldProps {
  readonly info: ListInfo;
  readonly value: readonly string[];
  readonly onChange: (value: string[]) => void;
}

export function ListField({ info: { key, entry, empty, example }, value, onChange }: ListFieldProps) {
  const [typed, setTyped] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const add = (text: string) => {
    const lines = text.split(/[\r\n]+/).map((line) => line.trim());
    const added = [...new Set(lines)].filter((line) => line !== '' && !value.includes(line));
    if (added.length > 0) onChange([...value, ...added]);
    setTyped('');
  };
  const takeOut = (gone: string) => {
    onChange(value.filter((each) => each !== gone));
    input.current?.focus(); // what had the focus is gone
  };
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text');
    if (!/[\r\n]/.test(text.trim())) return;
    event.preventDefault();
    add(text);
  };
  return (
    <>
      {value.length === 0 ? (
        <Text size="sm">{empty}</Text>
      ) : (
        <ul className={classes.entries} aria-label={key}>
          {value.map((each) => (
            <li key={each} className={classes.entry} data-wrong={entryProblem(key, each) !== null || undefined}>
              {each}
              <CloseButton size="sm" aria-label={`Take out ${each}`} onClick={() => takeOut(each)} />
            </li>
          ))}
        </ul>
      )}
      <div className={classes.inline}>
        <TextInput
          ref={input}
          className={classes.grow ?? ''}
          aria-label={`Add a ${entry} to ${key}`}
          placeholder={example}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          onKeyDown={({ key: pressed }) => pressed === 'Enter' && add(typed)}
          onBlur={() => add(typed)}
          onPaste={paste}
        />
        <Button variant="default" disabled={typed.trim() === ''} onClick={() => add(typed)}>
          Add
        </Button>
      </div>
    </>
  );
}
