/**
 * The last fence around a support bundle: no text in it holds a secret, an address or the name of an object in the directory, whatever wrote it
 * there (promise 9). What is left of people are their objectGUIDs.
 */
import { type Configuration, secretKeys } from '@connector/shared/configuration.ts';
import { withoutAddresses } from '@connector/shared/without-addresses.ts';
import { hidden } from './redacted-configuration.ts';

/** A shorter secret can't be told from a word; where the configuration has it, it is hidden all the same. */
const shortestSecret = 8;
/** A CN and its value (RFC 4514, section 2.4), as it stands in a sentence; rather too much than too little. */
const commonName = /\bCN=(?:\\.|[^,\\"\n;)])*/gi;
/** Whom a line for `dsacls` gives a right: the account of `bindDn`, by another name. */
const trustee = /(\/G ")[^":]*(?=:)/g;
/** What AD itself calls its containers: they are nobody. */
const containers = ['users', 'builtin', 'computers', 'deleted objects', 'configuration', 'system'];
/** A line of a stack: files of ours, in whose paths an `@` is no address. */
const frame = /^ +at /;

/** Makes texts fit to be given away. @param configuration names what may stand in them: bases and groups */
export function withoutPeople(configuration: Configuration): (text: string) => string {
  const secrets = [...secretsIn('', configuration)].filter(({ length }) => length >= shortestSecret);
  const accounts = configuration.directories.map(({ bindDn }) => bindDn);
  const known = knownNames(configuration);
  const fit = (line: string): string => {
    if (frame.test(line)) return line;
    let text = line;
    for (const account of accounts) text = text.replaceAll(account, '(bindDn)');
    text = text.replace(trustee, '$1(bindDn)');
    text = text.replace(/(\w+:\/\/)[^/@\s]*@/g, '$1');
    text = text.replace(commonName, (name) => (known.has(name.trim().toLowerCase()) ? name : `CN=${hidden}`));
    return withoutAddresses(text);
  };
  return (text) => {
    let open = text;
    for (const secret of secrets) open = open.replaceAll(secret, hidden);
    return open.split('\n').map(fit).join('\n');
  };
}

/** The same for every text in a document. */
export function eachText(document: unknown, change: (text: string) => string): unknown {
  if (typeof document === 'string') return change(document);
  if (Array.isArray(document)) return document.map((each) => eachText(each, change));
  if (typeof document !== 'object' || document === null) return document;
  return Object.fromEntries(Object.entries(document).map(([key, value]) => [key, eachText(value, change)]));
}

/** Secrets wherever they stand, those of addresses too, as they are written and as they are meant. */
function* secretsIn(key: string, value: unknown): Generator<string> {
  if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value)) yield* secretsIn(name, each);
  else if (typeof value === 'string' && secretKeys.includes(key)) yield value;
  else if (typeof value === 'string' && URL.canParse(value)) {
    const { password } = new URL(value);
    yield* [password, unescaped(password)];
  }
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // it holds a % of its own
  }
}

/** `cn=…` of each group and base that the configuration names. */
function knownNames({ directories, policy, console: page }: Configuration): ReadonlySet<string> {
  const signIn = page?.signIn;
  const dns = [
    ...directories.flatMap(({ userBases, groupBases }) => [...userBases, ...groupBases]),
    ...policy.groupFilter,
    ...policy.excludeGroups,
    ...(signIn === undefined ? [] : [signIn.administrators, signIn.viewers ?? '']),
  ];
  const named = dns.flatMap((dn) => dn.match(commonName) ?? [`cn=${dn}`]);
  return new Set([...named, ...containers.map((name) => `cn=${name}`)].map((name) => name.trim().toLowerCase()));
}
