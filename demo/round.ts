/** The scripted round: what changes in the directory, what that makes of the company, and what LastPass should see of it. */
import type { DirectoryAdmin } from '../tests/support/directory-admin.ts';
import { groupDn, ouDn, personDn } from './ldif.ts';
import type { Organisation, Person } from './organisation.ts';
import { mailDomain } from './seed/awkward-people.ts';
import { ordinaryId } from './seed/company.ts';
import { peopleOu } from './seed/units.ts';

/** What a change leads to at LastPass, in the words of the simulator's call log; or that nothing may be sent. */
export type Effect =
  | { readonly kind: 'step'; readonly step: string; readonly usernames: readonly string[]; readonly group?: string }
  /** Only mirrored: the object's RDN is `rdn`, and it lies in the container with the objectGUID `parent` (if given). */
  | { readonly kind: 'mirrored'; readonly guid: string; readonly rdn?: string; readonly parent?: string };

export interface Change {
  readonly title: string;
  /** Who or what, in words. */
  readonly detail: string;
  /** Makes the change over LDAP, its last operation being the one that counts, and says what it should lead to. */
  readonly act: (hands: Hands) => Promise<Effect>;
  /** Makes the same change in the company as we mean it to be. */
  readonly note: (company: Organisation) => void;
}

/** What a change is made with. */
export interface Hands {
  readonly admin: DirectoryAdmin;
  readonly company: Organisation;
  readonly baseDn: string;
}

const usernameOf = ({ mail }: Person) => (mail ?? '').toLowerCase();
const dnOf = (id: string, { company, baseDn }: Hands) => personDn(company.person(id), baseDn);
const groupNamed = (name: string, { company, baseDn }: Hands) => groupDn(company.group(name), baseDn);

/** The call that must come of a change to one person. */
const stepFor = (id: string, step: string, { company }: Hands, group?: string): Effect => ({
  kind: 'step',
  step,
  usernames: [usernameOf(company.person(id))],
  ...(group === undefined ? {} : { group }),
});

const newcomer = { id: 'ada.lovelace', name: 'Ada Lovelace', ou: [...peopleOu, 'Engineering', 'Platform'] };
const newcomerMail = `${newcomer.id}@${mailDomain}`;
const renamed = ordinaryId(6);
const moved = ordinaryId(44);
const disabled = ordinaryId(61);
const joining = ordinaryId(150);
const deleted = ordinaryId(190);
const sales = [...peopleOu, 'Sales'];

const hire: Change = {
  title: 'hire',
  detail: `${newcomer.name} is made, then put into Platform Team`,
  act: async (hands) => {
    const { name, ou } = newcomer;
    const called = { name, displayName: name, sam: newcomer.id, mail: newcomerMail };
    const person = await hands.admin.createUser({ ...called, ou: ouDn(ou, hands.baseDn) });
    await hands.admin.addMember(groupNamed('Platform Team', hands), person);
    return { kind: 'step', step: 'create', usernames: [newcomerMail] };
  },
  note: (company) => {
    company.addPerson({ ...newcomer, displayName: newcomer.name, mail: newcomerMail });
    company.group('Platform Team').people.add(newcomer.id);
  },
};

const newName = 'Greta Sommer-Müller';
const marry: Change = {
  title: 'rename',
  detail: `${renamed} is now called ${newName}`,
  act: async (hands) => {
    await hands.admin.modify(dnOf(renamed, hands), { displayName: newName });
    return stepFor(renamed, 'rename', hands);
  },
  note: (company) => {
    company.person(renamed).displayName = newName;
  },
};

const renameObject: Change = {
  title: 'rename the object',
  detail: 'Cher, who has no other name, becomes Cher, "Live"',
  act: async (hands) => {
    await hands.admin.rename(dnOf('cnonly', hands), 'Cher, "Live"');
    return stepFor('cnonly', 'rename', hands);
  },
  note: (company) => {
    company.person('cnonly').name = 'Cher, "Live"';
  },
};

const otherOu = [...peopleOu, 'Engineering', 'QA'];
const move: Change = {
  title: 'move to another OU',
  detail: `${moved} moves to ${otherOu.join('/')}`,
  act: async (hands) => {
    const guid = await hands.admin.guidOf(dnOf(moved, hands));
    const parent = await hands.admin.guidOf(ouDn(otherOu, hands.baseDn));
    await hands.admin.move(guid, ouDn(otherOu, hands.baseDn));
    return { kind: 'mirrored', guid, parent };
  },
  note: (company) => {
    company.person(moved).ou = otherOu;
  },
};

const join: Change = {
  title: 'join a group',
  detail: `${joining} joins Managers`,
  act: async (hands) => {
    await hands.admin.addMember(groupNamed('Managers', hands), dnOf(joining, hands));
    return stepFor(joining, 'join-groups', hands, 'Managers');
  },
  note: (company) => {
    company.group('Managers').people.add(joining);
  },
};

/** Who has an account and would come into a group with another one. */
function newcomersTo(outer: string, inner: string, company: Organisation): Person[] {
  return [...company.people.values()].filter((person) => {
    const groups = company.groupsOf(person);
    return groups.has(inner) && !groups.has(outer);
  });
}

const nest: Change = {
  title: 'a group joins a group',
  detail: 'QA Team, with all its members, joins First Aid',
  act: async (hands) => {
    const usernames = newcomersTo('First Aid', 'QA Team', hands.company).map(usernameOf);
    await hands.admin.addMember(groupNamed('First Aid', hands), groupNamed('QA Team', hands));
    return { kind: 'step', step: 'join-groups', usernames, group: 'First Aid' };
  },
  note: (company) => {
    company.group('First Aid').groups.add('QA Team');
  },
};

const leave: Change = {
  title: 'leave a group',
  detail: `${joining} leaves Managers`,
  act: async (hands) => {
    await hands.admin.removeMember(groupNamed('Managers', hands), dnOf(joining, hands));
    return stepFor(joining, 'leave-groups', hands, 'Managers');
  },
  note: (company) => {
    company.group('Managers').people.delete(joining);
  },
};

const renameOu: Change = {
  title: 'rename an OU',
  detail: 'Sales, with the OUs and all people below it, becomes Revenue',
  act: async (hands) => {
    const guid = await hands.admin.guidOf(ouDn(sales, hands.baseDn));
    await hands.admin.rename(guid, 'Revenue');
    return { kind: 'mirrored', guid, rdn: 'OU=Revenue' };
  },
  note: (company) => company.renameOu(sales, 'Revenue'),
};

const disable: Change = {
  title: 'disable',
  detail: disabled,
  act: async (hands) => {
    await hands.admin.disable(dnOf(disabled, hands));
    return stepFor(disabled, 'disable', hands);
  },
  note: (company) => {
    company.person(disabled).disabled = true;
  },
};

const enable: Change = {
  title: 'enable',
  detail: disabled,
  act: async (hands) => {
    await hands.admin.enable(dnOf(disabled, hands));
    return stepFor(disabled, 'enable', hands);
  },
  note: (company) => {
    company.person(disabled).disabled = false;
  },
};

/** The one group through which this person is in the filter. */
const leavingFrom = 'Finance';
const leaver = 'partsonly';

const leaveFilter: Change = {
  title: 'leave the filter',
  detail: `Peter Parts-Only leaves ${leavingFrom}, through which he was in LastPassUsers`,
  act: async (hands) => {
    await hands.admin.removeMember(groupNamed(leavingFrom, hands), dnOf(leaver, hands));
    return stepFor(leaver, 'disable', hands);
  },
  note: (company) => {
    company.group(leavingFrom).people.delete(leaver);
  },
};

const remove: Change = {
  title: 'delete',
  detail: deleted,
  act: async (hands) => {
    const effect = stepFor(deleted, 'disable', hands);
    await hands.admin.delete(dnOf(deleted, hands));
    return effect;
  },
  note: (company) => {
    company.person(deleted).deleted = true;
  },
};

const giveMail: Change = {
  title: 'mend what was set aside',
  detail: 'Nora Namenlos gets a mail',
  act: async (hands) => {
    const mail = `nora@${mailDomain}`;
    await hands.admin.modify(dnOf('nomail', hands), { mail });
    return { kind: 'step', step: 'create', usernames: [mail] };
  },
  note: (company) => {
    company.person('nomail').mail = `nora@${mailDomain}`;
  },
};

/** In the order in which they are made. */
export const round: readonly Change[] = [
  ...[hire, marry, renameObject, move, join, nest, leave, renameOu],
  ...[disable, enable, leaveFilter, remove, giveMail],
];
