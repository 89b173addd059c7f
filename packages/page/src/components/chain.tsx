/** A way through groups, drawn as a chain: who is in what, which is in what. */
import { VisuallyHidden } from '@mantine/core';
import classes from './chain.module.css';
import { Icon, type IconName } from './icon.tsx';

/** One thing on the way. */
export interface ChainLink {
  readonly name: string;
  /** `person` and `account` are its ends; `goal` is what the way is about. */
  readonly kind: 'person' | 'group' | 'goal' | 'account';
  /** What it is, in a word or two, above the name. */
  readonly label?: string;
}

const icons: Readonly<Partial<Record<ChainLink['kind'], IconName>>> = {
  person: 'person',
  group: 'people',
  goal: 'people',
};

export interface ChainProps {
  readonly links: readonly ChainLink[];
  /** It leads out instead of in. */
  readonly against?: boolean;
}

export function Chain({ links, against = false }: ChainProps) {
  return (
    <ol className={classes.chain} data-against={against || undefined}>
      {links.map(({ name, kind, label }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two groups on a way may have one name, and their order is the way
        <li key={index} className={classes.link}>
          {index > 0 && (
            <span className={classes.arrow}>
              <Icon name="arrow" size={16} />
              <VisuallyHidden>leads to</VisuallyHidden>
            </span>
          )}
          <span className={classes.node} data-kind={kind}>
            {icons[kind] && <Icon name={icons[kind]} size={15} />}
            <span>
              {label !== undefined && <span className={classes.label}>{label} </span>}
              {name}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}
