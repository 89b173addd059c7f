/** How many licences are taken, where the configuration says how many there are: LastPass' API tells only that there is none left. */
import type { Account } from './account.ts';

export interface Licences {
  /** Accounts that take one, as they were last read. */
  readonly taken: number;
  /** How many there are. */
  readonly of: number;
}

/** From this share on it is time for more. */
const nearlyAll = 0.95;

/** A disabled account has freed its licence (LastPass' documentation of disabling); an invitation is counted, as it will take one. */
export const takesLicence = ({ disabled }: Pick<Account, 'disabled'>): boolean => !disabled;

/** Whether it is time for more. */
export const areNearlyTaken = ({ taken, of }: Licences): boolean => taken >= nearlyAll * of;
