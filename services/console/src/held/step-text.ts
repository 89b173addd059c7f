/** Steps, for people: what happens, and why. */
import type { Step } from '@connector/shared/plan.ts';

/** What a step does. */
export function actionText(step: Step): string {
  switch (step.kind) {
    case 'create':
      return [
        step.federated === undefined ? 'create' : 'create as a federated user',
        ...(step.groups.length > 0 ? [`in ${step.groups.join(', ')}`] : []),
      ].join(', ');
    case 'federate':
      return 'make the log-in a federated one';
    case 'rename':
      return `rename to "${step.fullname}"`;
    case 'change-email':
      return `change the address to ${step.to}`;
    case 'join-groups':
      return `join ${step.groups.join(', ')}`;
    case 'leave-groups':
      return `leave ${step.groups.join(', ')}`;
    case 'enable':
    case 'disable':
    case 'withdraw':
    case 'remove':
    case 'delete':
      return step.kind;
  }
}

/** `disable (was deleted in Active Directory)`; several with semicolons. */
export const stepsText = (steps: readonly Step[]): string =>
  steps.map((step) => `${actionText(step)} (${step.because})`).join('; ');
