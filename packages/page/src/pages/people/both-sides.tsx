/** What each end says about somebody. */
import { Text } from '@mantine/core';
import type { PersonStory } from '../../api/documents.ts';
import { Facts } from '../../components/facts.tsx';
import { Moment } from '../../components/moment.tsx';
import { PersonLink } from '../../components/person-link.tsx';

const statusWords: Readonly<Record<PersonStory['directory']['status'], string>> = {
  enabled: 'enabled',
  disabled: 'disabled',
  expired: 'expired',
  deleted: 'deleted',
  missing: 'not found, and not proved deleted',
  unreadable: 'unknown: userAccountControl can’t be read',
};

const byWhoseKey = {
  companyKey: 'federated, with the company’s key',
  userKey: 'federated, with a key of their own',
} as const;

export function DirectoryFacts({ story: { person, directory, sameMail } }: { story: PersonStory }) {
  return (
    <Facts
      facts={[
        ['Status', statusWords[directory.status]],
        ...(directory.expires === null ? [] : [['Expires', <Moment key="at" at={directory.expires} />] as const]),
        ['Lies at', directory.dn],
        ['Mail', directory.mail ?? 'none'],
        ['Log-on name', directory.logonName ?? 'unknown'],
        ['Person key', person],
        ...(sameMail.length === 0
          ? []
          : [
              [
                'Same mail',
                sameMail.map((other) => (
                  <div key={other.person}>
                    <PersonLink {...other} />
                  </div>
                )),
              ] as const,
            ]),
      ]}
    />
  );
}

export function AccountFacts({ story: { account, link } }: { story: PersonStory }) {
  if (account === null)
    return <Text c="dimmed">{link === null ? 'They have no account.' : `The account ${link.username} is gone.`}</Text>;
  const { username, id, name, status, groups } = account;
  return (
    <Facts
      facts={[
        ['Account', username],
        ['Status', status === 'disabled' && link?.disabledByUs ? 'disabled, by the connector' : status],
        ['Linked', link === null ? 'to nobody yet' : 'yes'],
        // Of who is only invited LastPass tells neither.
        ...(status === 'invited'
          ? []
          : ([
              ['Name', name],
              ['Groups', groups.length === 0 ? 'none' : groups.join(', ')],
            ] as const)),
        ['Id', id ?? 'not known yet'],
        ...(link?.changingTo == null ? [] : [['New address', `${link.changingTo}, once they log in`] as const]),
        ...(link?.federated == null ? [] : [['Log-in', byWhoseKey[link.federated]] as const]),
        ...(link?.federating == null ? [] : [['Log-in', 'to become federated, as asked for'] as const]),
        ...(link?.left == null ? [] : [['Left', <Moment key="at" at={link.left} />] as const]),
      ]}
    />
  );
}
