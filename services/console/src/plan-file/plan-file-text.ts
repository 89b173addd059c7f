/** A plan file as text: JSON with a line for each step, so that a reviewer can read it, take lines out, and see what two differ in. */
import { harmlessJson } from '../terminal.ts';
import type { PlanFile } from './plan-file.ts';

/** So deep everything has a line of its own; what lies deeper stands in one. */
const linesTo = 4;

/** The file's text, with a line end at its end. */
export const planFileText = (file: PlanFile): string => `${harmlessJson(textOf(file, 0))}\n`;

function textOf(value: unknown, depth: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const isFlat = depth === linesTo || (depth > 0 && !holdsPeopleOrSteps(value));
  const parts = isList
    ? value.map((each) => textOf(each, depth + 1))
    : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${textOf(each, depth + 1)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return `${open}${close}`;
  if (isFlat) return isList ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`;
  const indent = '  '.repeat(depth);
  return `${open}\n${parts.map((part) => `${indent}  ${part}`).join(',\n')}\n${indent}${close}`;
}

/** Lists of people, people, and lists of steps are spread over lines; a header's value, an account or a step isn't. */
const holdsPeopleOrSteps = (value: object): boolean =>
  Array.isArray(value)
    ? value.some((each) => typeof each === 'object' && each !== null)
    : 'steps' in value && 'person' in value;
