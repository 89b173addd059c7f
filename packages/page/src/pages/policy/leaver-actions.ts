/** What may become of a leaver's account, as it is chosen: at once, or after a time to think it over. Pure. */
import type { FlatPolicy, LeaverKey } from './keys.ts';

export type LeaverValue = FlatPolicy[LeaverKey];

export interface LeaverAction {
  /** Names it among the others. */
  readonly id: string;
  readonly label: string;
  readonly meaning: string;
  /** @param after for those that take their time */
  readonly value: (after: string) => LeaverValue;
}

/** Where nobody has said another time. */
const firstAfter = '30d';

const atOnce = (id: 'disable' | 'remove' | 'delete' | 'nothing', label: string, meaning: string): LeaverAction => ({
  ...{ id, label, meaning },
  value: () => id,
});
const later = (action: 'remove' | 'delete', label: string, meaning: string): LeaverAction => ({
  ...{ id: `${action} later`, label, meaning },
  value: (after) => ({ action, after }),
});

export const leaverActions: readonly LeaverAction[] = [
  atOnce('disable', 'Disable it', 'It can be enabled again, with everything in it.'),
  later('remove', 'Disable it now, remove it later', 'They have until then to return.'),
  later('delete', 'Disable it now, delete it later', 'They have until then to return.'),
  atOnce('remove', 'Remove it from the company', 'The vault goes on elsewhere, as a private one.'),
  atOnce('delete', 'Delete it, with its vault', 'Nobody can bring the vault back.'),
  atOnce('nothing', 'Nothing', 'The account stays theirs, and no step of any kind is taken.'),
];

/** Which of them a value is. */
export const actionOf = (value: LeaverValue): LeaverAction | undefined => {
  const id = typeof value === 'string' ? value : `${value.action} later`;
  return leaverActions.find((each) => each.id === id);
};

/** How long there is to think it over; what is offered first where there isn't. */
export const afterOf = (value: LeaverValue): string => (typeof value === 'string' ? firstAfter : value.after);
