/** Those whom a directory of some age has, and whom a sync must get right. */
import type { Organisation, Person } from '../organisation.ts';
import { partnersOu, peopleOu } from './units.ts';

export const mailDomain = 'example.test';
const at = (name: string) => `${name}@${mailDomain}`;
const finance = [...peopleOu, 'Finance'];
const support = [...peopleOu, 'Support'];
const engineering = [...peopleOu, 'Engineering'];

type Awkward = Partial<Person> & Pick<Person, 'id' | 'name' | 'ou'> & { readonly groups: readonly string[] };

export const awkward: readonly Awkward[] = [
  { id: 'nomail', name: 'Nora Namenlos', ou: finance, groups: ['Finance'] },
  { id: 'badmail', name: 'Max Malformed', ou: finance, mail: 'max(at)example.test', groups: ['Finance'] },
  { id: 'twowords', name: 'Tina Twowords', ou: finance, mail: at('tina twowords'), groups: ['Finance'] },
  { id: 'twin1', name: 'Toni Twin', ou: support, mail: at('Toni.Twin'), groups: ['Support'] },
  { id: 'twin2', name: 'Toni Twin (new)', ou: support, mail: at('toni.twin'), groups: ['Support'] },
  { id: 'off', name: 'Otto Off', ou: support, mail: at('otto.off'), disabled: true, groups: ['Support'] },
  { id: 'offwith', name: 'Olaf Offwith', ou: support, mail: at('olaf.off'), disabled: true, groups: ['Support'] },
  { id: 'expired', name: 'Edda Expired', ou: support, mail: at('edda.expired'), expired: true, groups: ['Support'] },
  { id: 'expwith', name: 'Emil Expired', ou: support, mail: at('emil.expired'), expired: true, groups: ['Support'] },
  { id: 'umlaut', name: 'Jörg Größe-Übel', ou: engineering, mail: at('joerg'), groups: ['Engineering'] },
  { id: 'cjk', name: '山田 太郎', ou: engineering, mail: at('taro.yamada'), groups: ['Engineering'] },
  { id: 'emoji', name: 'Pia 🦄 Pixel', ou: engineering, mail: at('pia.pixel'), groups: ['Engineering'] },
  { id: 'comma', name: 'Duck, Donald "Don" + Co', ou: engineering, mail: at('donald'), groups: ['Engineering'] },
  { id: 'quote', name: "Seán O'Brien <ops>; #1", ou: engineering, mail: at("sean.o'brien"), groups: ['Engineering'] },
  { id: 'backslash', name: 'Back\\Slash = Bob', ou: engineering, mail: at('bob'), groups: ['Engineering'] },
  { id: 'upper', name: 'Ursula Upper', ou: finance, mail: at('URSULA.UPPER').toUpperCase(), groups: ['Finance'] },
  {
    id: 'partsonly',
    name: 'p.only',
    givenName: 'Peter',
    sn: 'Parts-Only',
    ou: finance,
    mail: at('peter.parts'),
    groups: ['Finance'],
  },
  { id: 'cnonly', name: 'Cher', ou: finance, mail: at('cher'), groups: ['Finance'] },
  { id: 'primary', name: 'Prima Gastl', ou: support, mail: at('prima'), primaryGroup: 'Domain Guests', groups: [] },
  { id: 'invited', name: 'Ivo Invited', ou: finance, mail: at('ivo.invited'), groups: ['Finance'] },
  { id: 'partner', name: 'Paula Partner', ou: partnersOu, mail: at('paula.partner'), groups: ['Engineering'] },
  { id: 'WS-0042$', name: 'WS-0042', ou: support, mail: at('ws-0042'), kind: 'computer', groups: ['Support'] },
  {
    id: 'contact',
    name: 'Carla Contact',
    ou: support,
    mail: at('carla.contact'),
    kind: 'contact',
    groups: ['Support'],
  },
  {
    id: 'conflict',
    name: 'Nils Normal\nCNF:6f9619ff-8b86-d011-b42d-00c04fc964ff',
    ou: support,
    mail: at('nils.conflict'),
    kind: 'conflict',
    groups: ['Support'],
  },
  {
    id: 'Administrator',
    name: 'Administrator',
    ou: [],
    mail: at('administrator'),
    kind: 'built-in',
    groups: ['Engineering'],
  },
];

/** Adds them; what has no `displayName` here has none in the directory. */
export function addAwkwardPeople(organisation: Organisation): void {
  for (const { groups, ...person } of awkward) {
    organisation.addPerson(person);
    for (const group of groups) organisation.group(group).people.add(person.id);
  }
}
