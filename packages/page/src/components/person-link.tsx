/** Somebody's name, which leads to their story. */
import { Anchor } from '@mantine/core';
import { Link } from 'wouter';
import { personPath } from '../routes.ts';

export interface PersonLinkProps {
  /** Person key. */
  readonly person: string;
  readonly name: string;
}

export function PersonLink({ person, name }: PersonLinkProps) {
  return (
    <Anchor component={Link} href={personPath(person)} fw={500}>
      {name}
    </Anchor>
  );
}
