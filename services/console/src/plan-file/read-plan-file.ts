/** Reading a plan file that somebody may have edited: strictly, and with every problem by its place. */
import { readFileSync } from 'node:fs';
import { articleFor, pathOf } from '@connector/shared/issue-text.ts';
import { step } from '@connector/shared/plan.ts';
import type { z } from 'zod';
import { type PlanFile, type PlanPlace, planFile, planFormat, planFormatVersion } from './plan-file.ts';

/** A plan file can't be read, written or used. The message has a line for each problem. */
export class PlanFileError extends Error {
  override readonly name = 'PlanFileError';
  readonly code = 'PLAN_FILE';
  constructor(file: string, problems: readonly string[], options?: ErrorOptions) {
    super(problems.map((problem) => `${file}: ${problem}`).join('\n'), options);
  }
}

/** More problems than this are only counted. */
const shownProblems = 10;

/** A file's text. @throws PlanFileError */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code;
    throw new PlanFileError(file, [`can't be read (${why}): make one with "connector preview --out ${file}"`], {
      cause,
    });
  }
}

/**
 * Reads a plan file.
 * @param here where it is to be applied; that the policy is another one is no error
 * @throws PlanFileError
 */
export const readPlanFile = (file: string, here: PlanPlace): PlanFile => parsePlanFile(textOf(file), { file, here });

/** @throws PlanFileError with every problem at once */
export function parsePlanFile(text: string, { file, here }: { file: string; here: PlanPlace }): PlanFile {
  const value = jsonOf(text, file);
  const { format, version } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (format !== planFormat)
    throw new PlanFileError(file, ['is no plan file: make one with "connector preview --out <file>"']);
  if (version !== planFormatVersion)
    throw new PlanFileError(file, [
      `version: is ${JSON.stringify(version)}, and this release reads ${planFormatVersion}: make the file anew with "connector preview --out"`,
    ]);
  const checked = planFile.safeParse(value, { reportInput: true });
  if (!checked.success) throw new PlanFileError(file, shortened(checked.error.issues.flatMap(problemsOf)));
  const problems = [...elsewhere(checked.data, here), ...twice(checked.data)];
  if (problems.length > 0) throw new PlanFileError(file, shortened(problems));
  return checked.data;
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = (cause as Error).message.replaceAll(/\s+/g, ' ');
    throw new PlanFileError(file, [`is no JSON: ${why}`], { cause });
  }
}

const elsewhere = ({ tenant, prefix }: PlanFile, here: PlanPlace): string[] => [
  ...(tenant === here.tenant ? [] : ['tenant: the file is about another LastPass tenant than lastpass.cid names']),
  ...(prefix === here.prefix ? [] : [`prefix: is "${prefix}", and redis.prefix is "${here.prefix}"`]),
];

/** Of somebody a part may be sent and the rest held: these are two entries, and more are a mistake. */
function twice({ people }: PlanFile): string[] {
  const first = new Map<string, number>();
  return people.flatMap(({ person, outcome }, index) => {
    const part = `${person} ${outcome}`;
    const before = first.get(part);
    if (before === undefined) first.set(part, index);
    return before === undefined ? [] : [`people[${index}].person: is in people[${before}] already`];
  });
}

const shortened = (problems: readonly string[]): string[] => {
  const more = problems.length - shownProblems;
  return more <= 0 ? [...problems] : [...problems.slice(0, shownProblems), `… and ${more} more problems`];
};

const kinds = step.options.map(({ shape }) => shape.kind.value);

function problemsOf(issue: z.core.$ZodIssue): string[] {
  const at = pathOf(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => `${pathOf([...issue.path, key])}: unknown key; remove it`);
    case 'invalid_union':
      return [`${at}: must be one of ${kinds.join(', ')}`];
    case 'invalid_value':
      return [`${at}: must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`];
    case 'invalid_type':
      return [issue.input === undefined ? `${at}: is missing` : `${at}: must be ${articleFor(issue.expected)}`];
    default:
      return [`${at}: ${issue.message}`];
  }
}
