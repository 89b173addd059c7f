/** What tells, among all that can stand in the watcher's way, that the connector's account has lost a right. */

/**
 * Whether a problem, as the watcher tells it, is a DirectoryError of the code `deleted-objects-unreadable` or `insufficient-rights`: services
 * tell each other lines for people, without codes.
 */
export const saysRightsLost = (problem: string): boolean =>
  /doesn't see deleted objects|isn't allowed \(LDAP 50\b/.test(problem);
