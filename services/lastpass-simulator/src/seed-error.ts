/** A seed that contradicts itself; the message names the user, group or folder. */
export class SeedError extends Error {
  readonly code = 'seed-contradiction';
}
