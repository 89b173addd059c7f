/** Licences: how many are left, and how LastPass says that there is none. Its own words aren't on record. */
import type { Settings } from '../settings.ts';
import type { Tenant } from '../tenant.ts';

/** Whether one more user has a seat, `taken` being those that this call fills before. */
export function hasFreeSeat(tenant: Tenant, { settings, taken = 0 }: { settings: Settings; taken?: number }): boolean {
  return settings.seats === null || tenant.seatsUsed + taken < settings.seats;
}

/** The error text for a user without a seat. */
export function noSeat(username: string, { seatRefusal }: Settings): string {
  return seatRefusal === 'names-nobody' ? 'No licenses available' : `No licenses available: ${username}`;
}
