/** What a check has found, in the order in which somebody wants to know it, and in a sentence. Pure. */
import type { CheckDocument } from '../../api/documents.ts';
import { counted } from '../../text/count.ts';

type Found = CheckDocument['findings'];

const order = ['failure', 'warning', 'ok'] as const;

/** Failures first, then warnings, each as they were found. */
export const byGrade = (findings: Found): Found =>
  order.flatMap((grade) => findings.filter((finding) => finding.grade === grade));

/** `1 failure and 2 warnings; 9 are as they should be.` */
export function findingsText(findings: Found): string {
  const [failures = 0, warnings = 0, fine = 0] = order.map(
    (grade) => findings.filter((finding) => finding.grade === grade).length,
  );
  if (failures + warnings === 0) return 'Everything is as it should be.';
  const wrong = [
    ...(failures > 0 ? [counted(failures, 'failure', 'failures')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning', 'warnings')] : []),
  ].join(' and ');
  return `${wrong}; ${fine === 1 ? '1 is as it should be' : `${fine} are as they should be`}.`;
}
