/** The keys of a policy: what each means, and what it may be. Meanings are those of connector.example.yaml. */
import type { WholePolicy } from '../../api/documents.ts';

type Rules = Omit<WholePolicy, 'guard'>;
type Guard = WholePolicy['guard'];

/** A policy with a key for each value, as the API names them in what it tells of changes. */
export type FlatPolicy = Rules & { readonly [Key in keyof Guard as `guard.${Key}`]: Guard[Key] };
export type PolicyKey = keyof FlatPolicy;

export type ChoiceKey = 'onDetected' | 'federation' | 'memberships';
export type LeaverKey = 'onDeleted' | 'onDisabled' | 'onRemovedFromFilter';
export type ListKey = 'groupFilter' | 'excludeUsers' | 'excludeGroups';
export type NumberKey = Exclude<PolicyKey, ChoiceKey | LeaverKey | ListKey>;

interface Described {
  readonly label: string;
  /** In a sentence. */
  readonly meaning: string;
}

/** One of few values. */
export interface ChoiceInfo extends Described {
  readonly kind: 'choice';
  readonly key: ChoiceKey;
  readonly choices: readonly (Described & { readonly value: FlatPolicy[ChoiceKey] })[];
}

/** What becomes of a leaver's account. */
export interface LeaverInfo extends Described {
  readonly kind: 'leaver';
  readonly key: LeaverKey;
}

/** Any number of names. */
export interface ListInfo extends Described {
  readonly kind: 'list';
  readonly key: ListKey;
  /** What an entry is: `group`. */
  readonly entry: string;
  /** What it means that there is none. */
  readonly empty: string;
  /** How one is written. */
  readonly example: string;
}

export interface NumberInfo extends Described {
  readonly kind: 'number';
  readonly key: NumberKey;
  /** Stands behind it: `people`, `%`. */
  readonly unit: string;
  /** The largest that it may be; `null`: any. The smallest is 0. */
  readonly most: number | null;
  /** Only whole ones. */
  readonly whole: boolean;
}

export type KeyInfo = ChoiceInfo | LeaverInfo | ListInfo | NumberInfo;

/** Keys that belong together. */
export interface Section {
  readonly title: string;
  readonly lead?: string;
  readonly keys: readonly KeyInfo[];
}

const atMostPeople = { kind: 'number', unit: 'people', most: null, whole: true } as const;

export const sections: readonly Section[] = [
  {
    title: 'New people',
    keys: [
      {
        kind: 'choice',
        key: 'onDetected',
        label: 'Somebody in scope without an account',
        meaning: 'An existing account with their address is linked in any case.',
        choices: [
          { value: 'create', label: 'Create it', meaning: 'They get an account, and LastPass invites them.' },
          {
            value: 'approve',
            label: 'Create it once approved',
            meaning: 'They are pending until an administrator accepts or rejects them.',
          },
          { value: 'ignore', label: 'Ignore them', meaning: 'They get none.' },
        ],
      },
      {
        kind: 'choice',
        key: 'federation',
        label: 'How they log in',
        meaning:
          'Of those who get an account from now on. The two others take what federation of the configuration names, and no approving.',
        choices: [
          { value: 'off', label: 'By a master password', meaning: 'They choose it when LastPass has invited them.' },
          {
            value: 'companyKey',
            label: 'Federated, with the company’s key',
            meaning: 'By AD FS or PingFederate, which hand out one key for everybody.',
          },
          {
            value: 'userKey',
            label: 'Federated, with a key for each',
            meaning: 'Likewise; the key of each is in a confidential attribute of Active Directory.',
          },
        ],
      },
    ],
  },
  {
    title: 'Leavers',
    lead: 'What becomes of the account of somebody who goes. With a time to think it over it is disabled at once, and enabled again if they return in time.',
    keys: [
      { kind: 'leaver', key: 'onDeleted', label: 'Deleted', meaning: 'They were deleted in Active Directory.' },
      {
        kind: 'leaver',
        key: 'onDisabled',
        label: 'Disabled',
        meaning: 'They are disabled in Active Directory, or their account there has expired.',
      },
      {
        kind: 'leaver',
        key: 'onRemovedFromFilter',
        label: 'Out of scope',
        meaning: 'They left the groups or the bases, or are excluded by now.',
      },
    ],
  },
  {
    title: 'Scope',
    lead: 'Who should have an account: everybody below userBases of the configuration who is in one of these groups, and isn’t excluded.',
    keys: [
      {
        kind: 'list',
        key: 'groupFilter',
        label: 'Groups',
        meaning: 'Their members get an account, nested ones too.',
        entry: 'group',
        empty: 'None: everybody below userBases is in scope.',
        example: 'its name (cn), or its DN',
      },
      {
        kind: 'list',
        key: 'excludeUsers',
        label: 'Excluded people',
        meaning: 'They are out of scope whatever the groups say, such as service accounts.',
        entry: 'name',
        empty: 'Nobody is excluded by name.',
        example: 'a sAMAccountName or a DN; svc-* for all that begin so',
      },
      {
        kind: 'list',
        key: 'excludeGroups',
        label: 'Excluded groups',
        meaning: 'They never become LastPass groups, and their members, nested ones too, are out of scope.',
        entry: 'group',
        empty: 'No group is excluded.',
        example: 'its name, sAMAccountName or DN; * for any characters',
      },
    ],
  },
  {
    title: 'LastPass groups',
    keys: [
      {
        kind: 'choice',
        key: 'memberships',
        label: 'Groups that are synced',
        meaning: 'Which groups of Active Directory become groups of LastPass, by their cn.',
        choices: [
          { value: 'filtered', label: 'Those of the scope', meaning: 'The groups that are named under Scope.' },
          { value: 'all', label: 'All', meaning: 'Every group below groupBases of the configuration.' },
          { value: 'none', label: 'None', meaning: 'People are synced, and groups aren’t.' },
        ],
      },
    ],
  },
  {
    title: 'Guard',
    lead: 'Leavers wait for an administrator’s word when there are too many of them within an hour: more than the first and the second limit, or more than the third.',
    keys: [
      {
        ...atMostPeople,
        key: 'guard.maxLeavers',
        label: 'Leavers in an hour',
        meaning: 'So many pass, whatever their share.',
      },
      {
        ...{ kind: 'number', key: 'guard.maxLeaversPercent', unit: '%', most: 100, whole: false },
        label: 'Share of all people',
        meaning: 'So large a share of the people with a linked account passes, up to the next limit.',
      },
      {
        ...atMostPeople,
        key: 'guard.maxLeaversHard',
        label: 'Leavers at the very most',
        meaning: 'More than this never pass by themselves.',
      },
      {
        ...atMostPeople,
        key: 'guard.firstCreates',
        label: 'Accounts of the first run',
        meaning:
          'The first run against a tenant creates so many, and holds the others until somebody has confirmed it.',
        unit: 'accounts',
      },
    ],
  },
];

/** Every key, in their order. */
export const keyInfos: readonly KeyInfo[] = sections.flatMap(({ keys }) => keys);
