/** Somebody's name, which leads to their story. Plain elements: lists show very many of them, and each component takes its time. */
import { Link } from 'wouter';
import { personPath } from '../routes.ts';
import classes from './person-link.module.css';

export interface PersonLinkProps {
  /** Person key. */
  readonly person: string;
  readonly name: string;
}

export function PersonLink({ person, name }: PersonLinkProps) {
  return (
    <Link href={personPath(person)} className={classes.link}>
      {name}
    </Link>
  );
}
