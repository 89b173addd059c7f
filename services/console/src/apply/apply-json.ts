/** What applying a plan file has come to, for programs. */
import type { PlanFile, PlanPlace } from '../plan-file/plan-file.ts';
import type { Applied } from './outcomes.ts';

export const appliedJson = (
  { end, people, notInFile, last }: Applied,
  {
    file: { madeAt, by, policyVersion },
    here,
    tookMs,
  }: { file: Pick<PlanFile, 'madeAt' | 'by' | 'policyVersion'>; here: PlanPlace; tookMs: number },
): object => ({
  file: { madeAt, by, samePolicy: policyVersion === here.policyVersion },
  end,
  tookMs: Math.round(tookMs),
  people: people.map(({ planned: { person, username, name }, outcomes }) => ({
    person,
    username,
    name,
    steps: outcomes.map(({ step, kind, because }) => ({ step, outcome: kind, because })),
  })),
  notInFile,
  outstanding: last?.outstanding ?? null,
  problems: last?.problems ?? [],
});
