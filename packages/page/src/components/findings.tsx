/** What a check found, one line for each thing. */
import { VisuallyHidden } from '@mantine/core';
import type { CheckDocument } from '../api/documents.ts';
import classes from './findings.module.css';
import { Icon, type IconName } from './icon.tsx';

type Finding = CheckDocument['findings'][number];

const icons: Readonly<Record<Finding['grade'], IconName>> = { ok: 'check', warning: 'warning', failure: 'cross' };

export function Findings({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul className={classes.findings} aria-label="What was found">
      {findings.map(({ grade, end, text }) => (
        <li key={`${end} ${text}`} className={classes.finding} data-grade={grade}>
          <span className={classes.icon}>
            <Icon name={icons[grade]} size={16} />
            <VisuallyHidden>{grade}:</VisuallyHidden>
          </span>
          <span>
            <b>{end}</b> {text}
          </span>
        </li>
      ))}
    </ul>
  );
}
