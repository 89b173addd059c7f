/** What one policy changes in another. */
import type { PolicyChange } from '../../api/documents.ts';
import classes from './policy.module.css';
import { changeWords } from './value-text.ts';

export function ChangeList({ changes }: { changes: readonly PolicyChange[] }) {
  return (
    <ul className={classes.changes}>
      {changes.map((change) => (
        <li key={change.key} className={classes.changed}>
          <code className={classes.key}>{change.key}</code>
          <Words change={change} />
        </li>
      ))}
    </ul>
  );
}

function Words({ change }: { change: PolicyChange }) {
  const words = changeWords(change);
  if (words.kind === 'value')
    return (
      <span>
        {words.was} → <b>{words.is}</b>
      </span>
    );
  const { added, gone } = words;
  return (
    <>
      {added.length > 0 && <span className={classes.added}>with {added.join(', ')}</span>}
      {gone.length > 0 && <span className={classes.gone}>without {gone.join(', ')}</span>}
    </>
  );
}
