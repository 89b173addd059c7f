/** Somebody in a list: the name, which leads to their story, and below it what their account is called. */
import classes from './named.module.css';
import { PersonLink, type PersonLinkProps } from './person-link.tsx';

export interface NamedProps extends PersonLinkProps {
  readonly username: string | null;
}

export function Named({ person, name, username }: NamedProps) {
  return (
    <>
      <PersonLink person={person} name={name} />
      {username !== null && username !== name && <div className={classes.username}>{username}</div>}
    </>
  );
}
