/**
 * The version of what is in Redis. One key says it: `2`, or `2>3` while a newer release brings it from the one to the other. Data
 * from before there was such a key is of version 1.
 *
 * The first transaction writes it, and every transaction is refused where it isn't the one that this release writes (`commit`): a service of another release can't spoil anything, however long it ran before.
 */

/** What must be known about where the version stands, and which one is expected. */
export interface SchemaPlace {
  readonly schema: string;
  /** What the key must say. */
  readonly expected: string;
}

/** Redis holds data of another version than this release reads. The message names both, and what to do. */
export class SchemaMismatch extends Error {
  override readonly name = 'SchemaMismatch';
  readonly code = 'SCHEMA_MISMATCH';
  /** Only older, or half up to date: the services of this release see to it. */
  readonly isOutdated: boolean;

  /**
   * @param found what the key says
   * @param expected what it should
   */
  constructor(found: string, expected: string) {
    const isOutdated = newest(found) <= newest(expected);
    const remedy = isOutdated
      ? 'start the services of this release, one of which brings it up to date, and wait until it has'
      : 'start the newer release again, or restore the back-up that was made before it';
    super(
      `Redis holds data of version ${found.replace('>', ', on its way to ')}, and this release reads version ${expected}: ${remedy}`,
    );
    this.isOutdated = isOutdated;
  }
}

/** The highest version that some of the data may be of. */
export const newest = (text: string): number => Number(text.split('>').at(-1));

/** The version that all of the data was of before whatever goes on now. */
export const oldest = (text: string): number => Number(text.split('>')[0]);
