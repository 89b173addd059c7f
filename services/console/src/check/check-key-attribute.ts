/** The attribute that holds each federated user's key: what kind it is, and what the account may do with it. */
import type { DirectoryConnection } from '@connector/active-directory/connection.ts';
import { counted } from '../text/when.ts';
import type { Finding } from './findings.ts';

interface KeyAttributeLook {
  readonly end: string;
  /** The account, as it signs in. */
  readonly bindDn: string;
  /** Its lDAPDisplayName. */
  readonly attribute: string;
  /** DNs of where people are; default: all of the domain. */
  readonly userBases: readonly string[];
}

/** Writes nothing. The rights are looked at only where the attribute will do. @throws DirectoryError */
export async function* checkKeyAttribute(
  connection: DirectoryConnection,
  { end, bindDn, attribute, userBases }: KeyAttributeLook,
): AsyncGenerator<Finding, void, undefined> {
  const about = { end, what: 'key-attribute' } as const;
  const kind = await connection.attributeKind(attribute);
  if (!kind.fits) {
    yield { ...about, grade: 'failure', text: kind.message };
    return;
  }
  yield { ...about, grade: 'ok', text: `${attribute} holds one text, and is confidential` };
  const bases = userBases.length === 0 ? [connection.namingContext] : userBases;
  yield* rightsFindings(await connection.lookAtAttribute({ bindDn, attribute, bases }), { end, attribute });
}

type Seen = Awaited<ReturnType<DirectoryConnection['lookAtAttribute']>>;

function rightsFindings(
  { people, problems, isReadingUnknown }: Seen,
  { end, attribute }: { end: string; attribute: string },
): Finding[] {
  const about = { end, what: 'key-attribute-rights' } as const;
  const asked = `asked of ${counted(people, 'person', 'people')}`;
  if (problems.length > 0) return problems.map(({ message: text }) => ({ ...about, grade: 'failure', text }));
  if (people === 0)
    return [
      { ...about, grade: 'warning', text: `nobody is there to ask of what the account may do with ${attribute}` },
    ];
  if (isReadingUnknown) {
    const text = `the account may write ${attribute}; whether it may read it isn't for it to see, and shows with the first key`;
    return [{ ...about, grade: 'warning', text }];
  }
  return [{ ...about, grade: 'ok', text: `the account may write and read ${attribute} (${asked})` }];
}
