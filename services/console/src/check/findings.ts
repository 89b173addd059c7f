/** What a check of all ends has found. */

/** How serious it is: a warning doesn't keep the connector from working. */
export type Grade = 'ok' | 'warning' | 'failure';

/** Everything that is looked at, by the word that programs know it by; docs/cli.md says what each means. */
export const whats = [
  'answer',
  'persistence',
  'eviction',
  'schema',
  'memory',
  'proxy',
  'dns',
  'tcp',
  'tls',
  'bind',
  'controls',
  'clock',
  'limits',
  'dirsync',
  'deletions',
  'notifications',
  'key-attribute',
  'key-attribute-rights',
  'base',
  'sign-in-group',
  'group-filter',
  'people',
  'mails',
  'credentials',
  'seats',
  'registrar',
  'company-key',
  'services',
  'pause',
] as const;
export type What = (typeof whats)[number];

export interface Finding {
  readonly grade: Grade;
  /** Whose: `Redis`, `directory corp`, `LastPass`, `services`. */
  readonly end: string;
  /** What was looked at. */
  readonly what: What;
  /** What was found, with the remedy where it isn't as it should be. */
  readonly text: string;
}

/** One line for an error, as it stands in a finding. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
