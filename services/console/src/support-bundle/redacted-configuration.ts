/** The configuration as others may read it. */
import { type Configuration, secretKeys } from '@connector/shared/configuration.ts';

/** Stands for whatever isn't told. */
export const hidden = '…';

/** No secrets, and of no use to whoever helps: the tenant's number, a certificate, and who signs in to a mail server, which may be somebody. */
const alsoHidden: readonly string[] = ['cid', 'ca', 'username'];
/** They name people, each entry one or several. */
const listsOfPeople: readonly string[] = ['excludeUsers'];

/** Every secret is hidden, and whoever is named; how many there are still shows. */
export function redactedConfiguration(configuration: Configuration): object {
  return Object.fromEntries(Object.entries(configuration).map(([key, value]) => [key, redacted(key, value)]));
}

function redacted(key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => (listsOfPeople.includes(key) ? hidden : redacted('', each)));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, redacted(name, each)]));
  return secretKeys.includes(key) || alsoHidden.includes(key) ? hidden : value;
}
