/**
 * Two domains in one model of a directory: what belongs to the second one has ids that begin with its mark, and lies below an OU of the
 * model's own that stands for its root. So whoever follows a directory follows both, and each domain by itself is a model, too.
 */
import { DirectoryModel, type Id, type Operation, root } from '../acceptance/directory-model.ts';

export interface Domain {
  /** Of the directory, as configured. */
  readonly directory: string;
  /** What its ids begin with; also the id of its root. */
  readonly mark: string;
}

export const corp: Domain = { directory: 'corp', mark: root };
export const labs: Domain = { directory: 'labs', mark: 'labs:' };

/** In the order in which they are configured. */
export const domains: readonly Domain[] = [corp, labs];

export const domainOf = (id: Id): Domain => (id.startsWith(labs.mark) ? labs : corp);
export const otherThan = (domain: Domain): Domain => (domain === corp ? labs : corp);

/** The model's own OU for the root of the second domain: no server is told of it. */
export const secondRoot: Operation = { kind: 'create-ou', ou: labs.mark, name: 'labs', above: root };

/** The names of objects in an operation. */
const idKeys = ['ou', 'above', 'person', 'group', 'member'] as const;

function withIds(operation: Operation, change: (id: Id) => Id): Operation {
  const ids = Object.entries(operation).filter(([key]) => idKeys.some((each) => each === key));
  return { ...operation, ...Object.fromEntries(ids.map(([key, id]) => [key, change(String(id))])) };
}

/** An operation that was thought of in one domain alone, as an operation on both. */
export const inDomain = ({ mark }: Domain, operation: Operation): Operation => withIds(operation, (id) => mark + id);

export const idIn = ({ mark }: Domain, id: Id): Id => mark + id;
const withoutMark = ({ mark }: Domain, id: Id): Id => id.slice(mark.length);

/** Where an operation is carried out. */
export function domainOfOperation(operation: Operation): Domain {
  const [, id] = Object.entries(operation).find(([key]) => idKeys.some((each) => each === key)) ?? [];
  return domainOf(String(id));
}

/** Of these operations those in a domain, with its own names. */
export const operationsIn = (domain: Domain, operations: readonly Operation[]): Operation[] =>
  operations
    .filter((operation) => operation !== secondRoot && domainOfOperation(operation) === domain)
    .map((operation) => withIds(operation, (id) => withoutMark(domain, id)));

/** One domain by itself, with its own names. What is done to it isn't done to the whole. */
export function modelOf(domain: Domain, whole: DirectoryModel): DirectoryModel {
  const own = new DirectoryModel();
  const isIn = (id: Id) => id !== domain.mark && domainOf(id) === domain;
  const named = (id: Id) => withoutMark(domain, id);
  for (const [id, person] of whole.people)
    if (isIn(id)) own.people.set(named(id), { ...person, id: named(id), ou: named(person.ou) });
  for (const [id, group] of whole.groups) {
    const members = new Set([...group.members].map(named));
    if (isIn(id)) own.groups.set(named(id), { ...group, id: named(id), ou: named(group.ou), members });
  }
  for (const [ou, above] of whole.ous) if (isIn(ou) && ou !== labs.mark) own.ous.set(named(ou), named(above));
  return own;
}
