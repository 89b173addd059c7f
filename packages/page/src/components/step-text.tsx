/** What a step does, in the words of the command, and why. */
import { actionText } from '@connector/console/src/held/step-text.ts';
import type { Step } from '../api/documents.ts';
import { asSentence } from '../text/sentence.ts';
import { isLeaverKind } from '../text/step-kinds.ts';
import classes from './step-text.module.css';

/** Whether a step takes access from somebody: these stand out. */
const takesAccess = ({ kind }: Step): boolean => isLeaverKind(kind) || kind === 'leave-groups';

/** One step. */
export function StepText({ step }: { step: Step }) {
  return (
    <span className={classes.step} data-takes={takesAccess(step) || undefined}>
      {asSentence(actionText(step)).replace(/\.$/, '')}
    </span>
  );
}

/** Several, each with its reason. */
export function StepsText({ steps }: { steps: readonly Step[] }) {
  return (
    <ul className={classes.steps}>
      {steps.map((step) => (
        <li key={step.kind}>
          <StepText step={step} /> <span className={classes.because}>{step.because}</span>
        </li>
      ))}
    </ul>
  );
}
