/** An organisation as LDIF (RFC 2849), for loading into a domain at once. */
import { escapeRdnValue } from '@connector/shared/dn.ts';
import type { Group, Organisation, Person } from './organisation.ts';
import { groupsOu } from './seed/units.ts';

/** userAccountControl of accounts without a password (MS-ADTS 2.2.16). */
const accountControl = { person: 0x220, computer: 0x1020, disabledBit: 0x2 };
/** RID of Domain Guests in every domain (MS-ADTS 6.1.1.6): the one primary group that the demo gives besides the usual one. */
const domainGuestsRid = 514;
/** 1 January 2020 in units of 100 ns since 1601 (MS-ADTS 2.3.4.1 accountExpires). */
const longAgo = '132223104000000000';

export const ouDn = (ou: readonly string[], baseDn: string): string =>
  ou.length === 0
    ? `CN=Users,${baseDn}`
    : `${ou
        .toReversed()
        .map((name) => `OU=${escapeRdnValue(name)}`)
        .join(',')},${baseDn}`;

export const personDn = ({ name, ou }: Pick<Person, 'name' | 'ou'>, baseDn: string): string =>
  `CN=${escapeRdnValue(name)},${ouDn(ou, baseDn)}`;

export const groupDn = ({ name, isBuiltIn }: Pick<Group, 'name' | 'isBuiltIn'>, baseDn: string): string =>
  `CN=${escapeRdnValue(name)},${isBuiltIn ? `CN=Users,${baseDn}` : ouDn(groupsOu, baseDn)}`;

type Value = string | readonly string[] | undefined;

/** One entry; values go as base64, which any text survives. */
function entry(dn: string, attributes: Record<string, Value>): string {
  const lines = Object.entries(attributes).flatMap(([type, value]) =>
    [value ?? []].flat().map((text) => `${type}:: ${Buffer.from(text).toString('base64')}`),
  );
  return [`dn:: ${Buffer.from(dn).toString('base64')}`, ...lines].join('\n');
}

const ouEntry = (ou: readonly string[], baseDn: string) =>
  entry(ouDn(ou, baseDn), { objectClass: 'organizationalUnit' });

function personEntry(person: Person, baseDn: string): string {
  const { id, mail, givenName, sn, displayName, kind } = person;
  const common = { mail, givenName, sn, displayName };
  if (kind === 'contact') return entry(personDn(person, baseDn), { objectClass: 'contact', ...common });
  const control = kind === 'computer' ? accountControl.computer : accountControl.person;
  return entry(personDn(person, baseDn), {
    objectClass: kind === 'computer' ? 'computer' : 'user',
    sAMAccountName: id.slice(0, 20),
    userAccountControl: String(person.disabled ? control | accountControl.disabledBit : control),
    accountExpires: person.expired ? longAgo : undefined,
    ...common,
  });
}

/** Groups are written without groups in them: these may come later, or hold each other. */
function groupEntry(group: Group, number: number, organisation: Organisation, baseDn: string): string {
  const member = [...group.people].map((id) => personDn(organisation.person(id), baseDn));
  return entry(groupDn(group, baseDn), { objectClass: 'group', sAMAccountName: `group-${number}`, member });
}

/** A change of an entry that is there; `operation` as RFC 2849 names it. */
function change(dn: string, operation: 'add' | 'replace', type: string, value: string): string {
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  return [`dn:: ${encoded(dn)}`, 'changetype: modify', `${operation}: ${type}`, `${type}:: ${encoded(value)}`].join(
    '\n',
  );
}

/** What needs something else to be there first: mails of the domain's own, primary groups, groups in groups. */
function changesOf(organisation: Organisation, baseDn: string): string[] {
  const dnOf = (group: string) => groupDn(organisation.group(group), baseDn);
  const ofPeople = [...organisation.people.values()].flatMap((person) => {
    const dn = personDn(person, baseDn);
    const { mail, primaryGroup } = person;
    const mails = person.kind === 'built-in' && mail !== undefined ? [change(dn, 'replace', 'mail', mail)] : [];
    if (primaryGroup === undefined) return mails;
    // AD asks for the membership first, then drops it again.
    return [
      ...mails,
      change(dnOf(primaryGroup), 'add', 'member', dn),
      change(dn, 'replace', 'primaryGroupID', String(domainGuestsRid)),
    ];
  });
  const nestings = [...organisation.groups.values()].flatMap((outer) =>
    [...outer.groups].map((inner) => change(groupDn(outer, baseDn), 'add', 'member', dnOf(inner))),
  );
  return [...ofPeople, ...nestings];
}

/** All that makes a new domain the organisation's: entries, containers first, then changes to them. */
export function ldifOf(organisation: Organisation, baseDn: string): string {
  const people = [...organisation.people.values()].filter(({ kind }) => kind !== 'built-in');
  const groups = [...organisation.groups.values()].filter(({ isBuiltIn }) => !isBuiltIn);
  const records = [
    ...organisation.ous.map((ou) => ouEntry(ou, baseDn)),
    ...people.map((person) => personEntry(person, baseDn)),
    ...groups.map((group, number) => groupEntry(group, number, organisation, baseDn)),
    ...changesOf(organisation, baseDn),
  ];
  return `${records.join('\n\n')}\n`;
}
