/** What another policy would do: the numbers, and then everybody by name. */
import { Title } from '@mantine/core';
import { Notice } from '../../components/notice.tsx';
import { counted, numberText } from '../../text/count.ts';
import classes from './blast-radius.module.css';
import type { RadiusPart } from './radius.ts';
import { RadiusTable } from './radius-table.tsx';

export interface BlastRadiusProps {
  readonly parts: readonly RadiusPart[];
  /** Entries of `groupFilter` that name no group. */
  readonly unresolved: readonly string[];
}

export function BlastRadius({ parts, unresolved }: BlastRadiusProps) {
  return (
    <>
      {unresolved.map((entry) => (
        <Notice
          key={entry}
          grade="bad"
          title={`groupFilter: no group of Active Directory is called “${entry}”: nobody is in scope by it.`}
        />
      ))}
      <ul className={classes.figures} aria-label="To how many people it would happen">
        {parts.map((part) => (
          <li key={part.id}>
            <Figure part={part} />
          </li>
        ))}
      </ul>
      {parts
        .filter(({ people }) => people.length > 0)
        .map((part) => (
          <section
            key={part.id}
            id={part.id}
            className={classes.part}
            data-takes={part.takes || undefined}
            aria-labelledby={`${part.id}-title`}
          >
            <Title order={2} id={`${part.id}-title`}>
              {part.title}: {counted(part.people.length, 'person', 'people')}
            </Title>
            <RadiusTable part={part} />
          </section>
        ))}
    </>
  );
}

/** Leads to the names, where there are any. */
function Figure({ part: { id, label, takes, people } }: { part: RadiusPart }) {
  const words = (
    <>
      <span className={classes.count}>{numberText(people.length)}</span>
      <span>{label}</span>
    </>
  );
  if (people.length === 0)
    return (
      <div className={classes.figure} data-none>
        {words}
      </div>
    );
  return (
    <a href={`#${id}`} className={classes.figure} data-takes={takes || undefined}>
      {words}
    </a>
  );
}
